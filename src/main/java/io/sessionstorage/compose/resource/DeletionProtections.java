package io.sessionstorage.compose.resource;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.sessionstorage.api.Instance;
import io.sessionstorage.api.SessionStorage;
import io.sessionstorage.compose.plan.Plan;
import java.util.Map;

/** What makes the API server refuse the store's deletion. */
public final class DeletionProtections {
  private DeletionProtections() {}

  /** A Crossplane Usage of the SessionStorage that the app team wrote. */
  public static GenericKubernetesResource of(Plan plan) {
    return of(plan.instance(), Metadata.of(plan, plan.instance().name()));
  }

  static GenericKubernetesResource of(Instance instance, ObjectMeta metadata) {
    String name = instance.name();
    return new GenericKubernetesResourceBuilder()
        .withApiVersion("protection.crossplane.io/v1beta1")
        .withKind("Usage")
        .withMetadata(metadata)
        .withAdditionalProperties(
            Map.of(
                "spec",
                Map.of(
                    "of",
                    Map.of(
                        "apiVersion", SessionStorage.API_VERSION,
                        "kind", SessionStorage.KIND,
                        "resourceRef", Map.of("name", name)),
                    "reason",
                    "spec.deletionProtection of SessionStorage %s is true: set it to false to delete the store and its data"
                        .formatted(name))))
        .build();
  }
}
