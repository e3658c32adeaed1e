package io.sessionstorage.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Secret;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The same YAML, as a claim. */
@ResourceLock(Installation.LOCK)
@TestInstance(Lifecycle.PER_CLASS)
class ClaimFlavourIT {
  @AutoClose private final TestNamespace namespace = namespace();

  private static TestNamespace namespace() {
    Installation.CLAIM.require();
    return new TestNamespace("claim");
  }

  @Test
  void aSmallClaimBecomesAStore() {
    Store store = namespace.store("small");
    Measurements.record("small as a claim, apply to Ready", store.timeToReady("{size: small}"));

    Consumer proxy = Consumer.of(store, "proxy-of-small", Consumer.PROXY).awaitConnected();
    assertThat(proxy.ask("SET", "thv:proxy:session:1", "{}", "EX", "60")).isEqualTo("OK");
    store.awaitCondition("PersistenceHealthy", "False Ephemeral");
  }

  @Test
  void theExampleBecomesAStoreAndGoesWithAllThatBelongsToIt() {
    Shell.run(
        "kubectl apply -n %s -f examples/claim/sessionstorage.yaml".formatted(namespace.name()),
        Map.of());
    Store store = namespace.store("sessions");
    store.awaitPhase("Ready");
    await("Ready of the claim")
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(() -> assertThat(store.condition("Ready")).startsWith("True"));

    Consumer proxy =
        Consumer.of(namespace.name(), "proxy", Consumer.PROXY, "my-sessions").awaitConnected();
    assertThat(proxy.ask("SET", "thv:proxy:session:1", "{}", "EX", "60")).isEqualTo("OK");
    assertThat(secret("my-sessions").getData())
        .isEqualTo(secret("sessions-connection").getData())
        .containsKeys("host", "port", "password", "uri");

    store.delete();
    await("end of " + store)
        .atMost(Duration.ofMinutes(2))
        .untilAsserted(
            () -> {
              assertThat(store.exists()).isFalse();
              assertThat(store.pods()).isEmpty();
              assertThat(
                      Cluster.CLIENT
                          .persistentVolumeClaims()
                          .inNamespace(namespace.name())
                          .withName("data-sessions-0")
                          .get())
                  .isNull();
              assertThat(
                      Cluster.CLIENT
                          .secrets()
                          .inNamespace(namespace.name())
                          .withName("sessions-auth")
                          .get())
                  .isNull();
            });
  }

  @Test
  void aClaimIsBackedUpAndAnotherIsFilledFromIt() {
    Store store =
        namespace
            .store("backed-up")
            .apply(
                "{size: medium, backup: {schedule: '0 0 29 2 *', destination: {pvc: {size: 1Gi}}}}")
            .awaitReady();
    Consumer proxy = Consumer.of(store, "proxy-of-backed-up", Consumer.PROXY).awaitConnected();
    assertThat(proxy.ask("SET", "thv:proxy:session:1", "kept", "EX", "3600")).isEqualTo("OK");
    store.apply(
        "{size: medium, backup: {schedule: '0 0 29 2 *', destination: {pvc: {size: 1Gi}}, trigger: filled}}");
    await("backup")
        .atMost(Duration.ofMinutes(3))
        .untilAsserted(
            () -> assertThat(store.status("backup", "keys")).as("%s", store.get()).isEqualTo("1"));
    store.awaitCondition("BackupHealthy", "True Current");
    store.delete();
    await("end of " + store)
        .atMost(Duration.ofMinutes(2))
        .untilAsserted(
            () -> {
              assertThat(store.exists()).isFalse();
              assertThat(store.pods()).isEmpty();
            });

    Store copy =
        namespace
            .store("filled")
            .apply("{size: medium, restore: {from: {storage: {name: backed-up}}}}")
            .awaitReady();
    copy.awaitCondition("Restored", "True Restored");
    Consumer other = Consumer.of(copy, "proxy-of-filled", Consumer.PROXY).awaitConnected();
    assertThat(other.ask("GET", "thv:proxy:session:1")).isEqualTo("kept");
  }

  @Test
  void aProtectedClaimStaysUntilTheProtectionIsOff() {
    Store store =
        namespace.store("kept").apply("{size: small, deletionProtection: true}").awaitReady();

    DeletionIT.assertProtected(store);

    store.apply("{size: small, deletionProtection: false}");
    store.awaitDeletable();
    store.delete();
    await("end of " + store).atMost(Duration.ofMinutes(2)).until(() -> !store.exists());
  }

  private Secret secret(String name) {
    return Objects.requireNonNull(
        Cluster.CLIENT.secrets().inNamespace(namespace.name()).withName(name).get(), name);
  }
}
