package io.sessionstorage.compose.resource;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.sessionstorage.api.Store.Configured;
import io.sessionstorage.api.Store.Located;
import io.sessionstorage.compose.plan.ExternalPlan;
import io.sessionstorage.compose.plan.Keys;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.TreeMap;

/** What the provider makes of a store that exists already. */
public final class Connections {
  private static final String API_VERSION = "valkey.m.toolhive.stacklok.dev/v1alpha1";

  private Connections() {}

  /** All of it, by {@link Keys}. */
  public static Map<String, HasMetadata> of(ExternalPlan plan) {
    Map<String, HasMetadata> objects = new TreeMap<>();
    objects.put(Keys.EXTERNAL_CONNECTION, connection(plan));
    if (plan.store() instanceof Located store) {
      objects.put(Keys.PROVIDER_CONFIG, providerConfig(plan, store));
    }
    if (plan.deletionProtection()) {
      objects.put(
          Keys.DELETION_PROTECTION, DeletionProtections.of(plan.instance(), metadata(plan)));
    }
    return objects;
  }

  private static GenericKubernetesResource providerConfig(ExternalPlan plan, Located store) {
    Map<String, Object> spec = new LinkedHashMap<>();
    spec.put("endpoint", store.url());
    if (store.caSecretName() != null) {
      spec.put("tls", Map.of("caSecretRef", Map.of("name", store.caSecretName())));
    }
    spec.put(
        "credentials",
        store.secretName() == null
            ? Map.of("source", "None")
            : Map.of("source", "Secret", "secretRef", Map.of("name", store.secretName())));
    return resource("ProviderConfig", metadata(plan), spec);
  }

  private static GenericKubernetesResource connection(ExternalPlan plan) {
    Map<String, Object> reference =
        switch (plan.store()) {
          case Located _ -> Map.of("kind", "ProviderConfig", "name", plan.instance().name());
          case Configured store -> Map.of("kind", store.kind(), "name", store.name());
        };
    Map<String, Object> spec = new LinkedHashMap<>();
    spec.put("forProvider", Map.of());
    spec.put("providerConfigRef", reference);
    spec.put("writeConnectionSecretToRef", Map.of("name", plan.instance().connectionSecret()));
    return resource("Connection", metadata(plan), spec);
  }

  /** An object of the provider's. */
  static GenericKubernetesResource resource(
      String kind, ObjectMeta metadata, Map<String, Object> spec) {
    return new GenericKubernetesResourceBuilder()
        .withApiVersion(API_VERSION)
        .withKind(kind)
        .withMetadata(metadata)
        .withAdditionalProperties(Map.of("spec", spec))
        .build();
  }

  private static ObjectMeta metadata(ExternalPlan plan) {
    return new ObjectMetaBuilder()
        .withName(plan.instance().name())
        .withNamespace(plan.instance().namespace())
        .withLabels(plan.labels())
        .build();
  }
}
