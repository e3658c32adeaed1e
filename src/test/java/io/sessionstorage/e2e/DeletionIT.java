package io.sessionstorage.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.fabric8.kubernetes.client.KubernetesClientException;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** What goes with a store, and what keeps it from going. */
@ResourceLock(value = Installation.LOCK, mode = ResourceAccessMode.READ)
@TestInstance(Lifecycle.PER_CLASS)
class DeletionIT {
  @AutoClose private final TestNamespace namespace = namespace();

  private static TestNamespace namespace() {
    Installation.NAMESPACED.require();
    return new TestNamespace("deletion");
  }

  @Test
  void everythingGoesWithTheStore() {
    Store store = namespace.store("passing").apply("{size: medium}").awaitReady();
    assertThat(store.composed())
        .contains(
            "ConfigMap passing-config",
            "NetworkPolicy passing",
            "PersistentVolumeClaim data-passing-0",
            "Secret passing-auth",
            "Service passing",
            "StatefulSet passing")
        .hasSize(11);

    store.delete();

    store.awaitGone();
  }

  @Test
  void aProtectedStoreStaysUntilTheProtectionIsOff() {
    Store store =
        namespace.store("kept").apply("{size: small, deletionProtection: true}").awaitReady();

    assertProtected(store);

    store.apply("{size: small, deletionProtection: false}");
    store.awaitDeletable();
    store.delete();
    store.awaitGone();
  }

  /** Its deletion is refused, with the reason and the way out. */
  static void assertProtected(Store store) {
    assertThatThrownBy(store::delete)
        .isInstanceOf(KubernetesClientException.class)
        .hasMessageContaining("spec.deletionProtection of SessionStorage kept is true")
        .hasMessageContaining("set it to false");
    assertThat(store.get().getMetadata().getDeletionTimestamp()).isNull();
  }
}
