package io.sessionstorage.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Secrets that somebody loses. */
@ResourceLock(value = Installation.LOCK, mode = ResourceAccessMode.READ)
@TestInstance(Lifecycle.PER_CLASS)
class CredentialsIT {
  /** The kubelet brings a changed Secret to the pod within about a minute and a half. */
  private static final Duration BROUGHT_TO_THE_POD = Duration.ofMinutes(3);

  @AutoClose private final TestNamespace namespace = namespace();

  private static TestNamespace namespace() {
    Installation.NAMESPACED.require();
    return new TestNamespace("credentials");
  }

  @Test
  void theRunningStoreTakesNewPasswordsWhenTheirSecretIsDeletedAndConsumersKeepTheirs() {
    Store store = namespace.store("lost").apply("{size: medium}").awaitReady();
    Consumer proxy = Consumer.of(store, "proxy", Consumer.PROXY).awaitConnected();
    String pod = store.pod().getMetadata().getUid();
    String before = store.secret("lost-auth", "operator");

    Cluster.CLIENT.secrets().inNamespace(namespace.name()).withName("lost-auth").delete();

    await("new passwords")
        .atMost(Duration.ofMinutes(2))
        .ignoreExceptions()
        .until(() -> !store.secret("lost-auth", "operator").equals(before));
    String after = store.secret("lost-auth", "operator");
    await("new passwords in force")
        .atMost(BROUGHT_TO_THE_POD)
        .ignoreExceptions()
        .untilAsserted(
            () ->
                assertThat(
                        Pods.exec(namespace.name(), "lost-0", "reload", "cat", "/secrets/operator")
                            .text())
                    .isEqualTo(after));
    await("the operator logs in")
        .atMost(BROUGHT_TO_THE_POD)
        .untilAsserted(() -> assertThat(store.operator("PING").text()).isEqualTo("PONG"));
    assertThat(proxy.ask("SET", "thv:proxy:session:1", "{}", "EX", "60")).isEqualTo("OK");
    store.awaitReady();
    assertThat(store.pod().getMetadata().getUid()).isEqualTo(pod);
    assertThat(Pods.restarts(store.pod(), "valkey")).isZero();
  }

  @Test
  void aNameOfFiftyCharactersBecomesAStore() {
    Store store = namespace.store("n".repeat(50)).apply("{size: medium}").awaitReady();

    assertThat(
            Consumer.of(store, "proxy-of-a-long-name", Consumer.PROXY).awaitConnected().ask("PING"))
        .isEqualTo("PONG");
  }
}
