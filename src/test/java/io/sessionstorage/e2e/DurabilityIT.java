package io.sessionstorage.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What is left when a pod or a process is gone. */
@ResourceLock(value = Installation.LOCK, mode = ResourceAccessMode.READ)
@TestInstance(Lifecycle.PER_CLASS)
class DurabilityIT {
  private static final String SESSION = "thv:proxy:session:kept";

  @AutoClose private final TestNamespace namespace = namespace();
  private final Store medium = namespace.store("medium");
  private Consumer proxy;

  private static TestNamespace namespace() {
    Installation.NAMESPACED.require();
    return new TestNamespace("durability");
  }

  @BeforeAll
  void aMediumStoreIsInUse() {
    medium.apply("{size: medium}").awaitReady();
    proxy = Consumer.of(medium, "proxy", Consumer.PROXY).awaitConnected();
  }

  @BeforeEach
  void aSessionIsStoredAndWritten() {
    assertThat(proxy.ask("SET", SESSION, "{}", "EX", "7200")).isEqualTo("OK");
    await("written")
        .atMost(Duration.ofSeconds(20))
        .until(() -> medium.operator("INFO", "persistence").text().contains("aof_buffer_length:0"));
  }

  @Test
  void mediumKeepsSessionsWhenItsPodIsDeleted() {
    String before = medium.pod().getMetadata().getUid();
    Cluster.CLIENT.resource(medium.pod()).delete();

    await("another pod")
        .atMost(Duration.ofMinutes(2))
        .ignoreExceptions()
        .until(() -> !medium.pod().getMetadata().getUid().equals(before));
    proxy.awaitConnected();
    assertThat(proxy.ask("GET", SESSION)).isEqualTo("{}");
    medium.awaitReady();
  }

  @Test
  void mediumKeepsSessionsWhenItsServerIsKilled() {
    int restarts = Pods.restarts(medium.pod(), "valkey");
    NodeProcesses.killServer(medium.pod());

    await("restart")
        .atMost(Duration.ofMinutes(2))
        .until(() -> Pods.restarts(medium.pod(), "valkey") > restarts);
    proxy.awaitConnected();
    assertThat(proxy.ask("GET", SESSION)).isEqualTo("{}");
    medium.awaitReady();
  }

  @Test
  void mediumSaysWhereSessionsAre() {
    medium.awaitCondition("PersistenceHealthy", "True VolumeBound", "volume data-medium-0 of 5Gi");
  }

  @Test
  void smallSaysThatItKeepsNothing() {
    Store small = namespace.store("small").apply("{size: small}").awaitReady();

    small.awaitCondition("PersistenceHealthy", "False Ephemeral", "lost when the pod restarts");
  }
}
