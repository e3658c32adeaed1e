package io.sessionstorage.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The function fails while a store changes: the store stays, and the change comes later. */
@ResourceLock(Installation.LOCK)
@TestInstance(Lifecycle.PER_CLASS)
class FaultIT {
  @AutoClose private final TestNamespace namespace = namespace();
  private final Store store = namespace.store("kept");

  private static TestNamespace namespace() {
    Installation.NAMESPACED.require();
    return new TestNamespace("fault");
  }

  @BeforeAll
  void aStoreIsReady() {
    store.apply("{size: medium}").awaitReady();
  }

  @Test
  void theFunctionsPodIsKilledWhileAStoreChanges() {
    Map<String, String> before = store.uids();

    FunctionPods.all().forEach(pod -> Cluster.CLIENT.resource(pod).withGracePeriod(0).delete());
    store.apply("{size: medium, network: {allowedNamespaces: [elsewhere]}}");

    await("change")
        .atMost(Duration.ofMinutes(2))
        .untilAsserted(() -> assertThat(store.allowedNamespaces()).contains("elsewhere"));
    assertThat(store.uids()).isEqualTo(before);
    store.awaitReady();
  }

  @Test
  void platformDefaultsAreMalformedWhileAStoreChanges() {
    Map<String, String> before = store.uids();
    Resource<GenericKubernetesResource> composition =
        Cluster.clusterScoped("apiextensions.crossplane.io", "v1", "Composition", "compositions")
            .withName("session-storage");
    GenericKubernetesResource sound = composition.get();
    try {
      composition.edit(FaultIT::malformed);
      store.apply("{size: medium, network: {allowedNamespaces: [later]}}");
      await("refusal")
          .atMost(Duration.ofMinutes(2))
          .untilAsserted(
              () ->
                  assertThat(store.condition("Synced"))
                      .startsWith("False ReconcileError")
                      .contains("presets.medium.memory"));
      assertThat(store.uids()).isEqualTo(before);
      assertThat(store.allowedNamespaces()).doesNotContain("later");
    } finally {
      composition.edit(
          broken -> {
            broken.setAdditionalProperties(sound.getAdditionalProperties());
            return broken;
          });
    }

    await("change")
        .atMost(Duration.ofMinutes(2))
        .untilAsserted(() -> assertThat(store.allowedNamespaces()).contains("later"));
    assertThat(store.uids()).isEqualTo(before);
    store.awaitReady();
  }

  private static GenericKubernetesResource malformed(GenericKubernetesResource composition) {
    List<Map<String, Object>> pipeline = composition.get("spec", "pipeline");
    @SuppressWarnings("unchecked") // an object of a GenericKubernetesResource is a map
    Map<String, Object> input =
        Objects.requireNonNull((Map<String, Object>) pipeline.getFirst().get("input"));
    input.put("presets", Map.of("medium", Map.of("memory", "plenty")));
    return composition;
  }
}
