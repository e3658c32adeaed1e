package io.sessionstorage.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Size large: what clients see while nodes come and go. */
@ResourceLock(value = Installation.LOCK, mode = ResourceAccessMode.READ)
@TestInstance(Lifecycle.PER_CLASS)
class FailoverIT {
  private static final int SECONDS = 20;

  @AutoClose private final TestNamespace namespace = namespace();
  private final Store large = namespace.store("large");
  private Consumer proxy;

  private static TestNamespace namespace() {
    Installation.NAMESPACED.require();
    return new TestNamespace("failover");
  }

  @BeforeAll
  void aLargeStoreIsInUse() {
    large.apply("{size: large, resources: {cpu: 50m, memory: 256Mi}}").awaitReady();
    proxy = Consumer.of(large, "proxy", Consumer.PROXY).awaitConnected();
  }

  @BeforeEach
  void everyNodeIsReady() {
    large.awaitReady();
    await("every node")
        .untilAsserted(() -> assertThat(large.status("replicas", "ready")).isEqualTo("3"));
  }

  @Test
  void hasThreeNodesAndTwoProxies() {
    assertThat(large.pods()).hasSize(5);
    assertThat(large.status("replicas", "wanted")).isEqualTo("3");
    assertThat(large.primary().getSpec().getServiceAccountName()).isEqualTo("large");
    assertThat(proxy.ask("FLUSHALL")).startsWith("NOPERM");
    assertThat(large.condition("PersistenceHealthy"))
        .startsWith("True VolumeBound Sessions are written to 3 volumes");
  }

  @Test
  void clientsFindThePrimaryThroughSentinel() {
    String primary =
        proxy
            .shell(
                "valkey-cli -h \"$1\" -p 26379 SENTINEL GET-PRIMARY-ADDR-BY-NAME \"$2\"",
                "large-sentinel",
                "large." + namespace.name())
            .text();

    assertThat(primary).startsWith(large.primary().getMetadata().getName() + ".large-headless.");
  }

  @Test
  void clientsDoNotNoticeThatThePrimarysPodIsDeleted() {
    Pod primary = large.primary();
    CompletableFuture<Load> load = Load.start(proxy, SECONDS, "deleted");
    Cluster.CLIENT.resource(primary).delete();

    assertUnnoticed(load.join());
    assertThat(large.primary().getMetadata().getName())
        .isNotEqualTo(primary.getMetadata().getName());
  }

  @Test
  void clientsDoNotNoticeThatThePrimaryIsKilled() {
    Pod primary = large.primary();
    CompletableFuture<Load> load = Load.start(proxy, SECONDS, "killed");
    NodeProcesses.killServer(primary);

    assertUnnoticed(load.join());
    await("another primary")
        .atMost(Duration.ofMinutes(2))
        .ignoreExceptions()
        .untilAsserted(
            () ->
                assertThat(large.primary().getMetadata().getName())
                    .isNotEqualTo(primary.getMetadata().getName()));
  }

  @Test
  void clientsDoNotNoticeThatAProxyIsDeleted() {
    Pod gone =
        large.pods().stream()
            .filter(pod -> pod.getMetadata().getName().startsWith("large-haproxy-"))
            .findFirst()
            .orElseThrow();
    CompletableFuture<Load> load = Load.start(proxy, SECONDS, "proxy");
    Cluster.CLIENT.resource(gone).delete();

    assertUnnoticed(load.join());
  }

  @Test
  void sessionsOutliveTheLossOfAllPodsAtOnce() {
    assertThat(proxy.ask("SET", "thv:kept", "{}", "EX", "7200")).isEqualTo("OK");
    await("written")
        .atMost(Duration.ofSeconds(20))
        .until(() -> large.operator("INFO", "persistence").text().contains("aof_buffer_length:0"));
    Cluster.CLIENT
        .pods()
        .inNamespace(large.namespace())
        .withLabel("app.kubernetes.io/component", "valkey")
        .withGracePeriod(0)
        .delete();

    await("the session")
        .atMost(Duration.ofMinutes(2))
        .untilAsserted(() -> assertThat(proxy.ask("GET", "thv:kept")).isEqualTo("{}"));
    large.primary();
  }

  @Test
  void aSuspendedStoreComesBackWithItsSessions() {
    assertThat(proxy.ask("SET", "thv:asleep", "{}", "EX", "7200")).isEqualTo("OK");
    large.apply("{size: large, resources: {cpu: 50m, memory: 256Mi}, suspend: true}");
    large.awaitPhase("Suspended");
    large.apply("{size: large, resources: {cpu: 50m, memory: 256Mi}, suspend: false}").awaitReady();

    proxy.awaitConnected();
    assertThat(proxy.ask("GET", "thv:asleep")).isEqualTo("{}");
  }

  private static void assertUnnoticed(Load load) {
    assertThat(load.written()).isGreaterThan(50);
    assertThat(load.failed()).isZero();
    assertThat(load.lost()).isZero();
  }
}
