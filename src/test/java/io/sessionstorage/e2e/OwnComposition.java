package io.sessionstorage.e2e;

import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.sessionstorage.testing.Yaml;
import java.util.Map;

/** The installed Composition once more, with PlatformDefaults of a test's own. */
record OwnComposition(String name) implements AutoCloseable {
  /**
   * Creates it.
   *
   * @param images the field {@code images} of PlatformDefaults
   */
  static OwnComposition of(String name, Map<String, ?> images) {
    all().resource(composition(name, images)).create();
    return new OwnComposition(name);
  }

  /** Has other images from now on. */
  void use(Map<String, ?> images) {
    all()
        .withName(name)
        .edit(
            before -> {
              before.setAdditionalProperties(composition(name, images).getAdditionalProperties());
              return before;
            });
  }

  private static GenericKubernetesResource composition(String name, Map<String, ?> images) {
    ObjectNode spec = Yaml.MAPPER.valueToTree(all().withName("session-storage").get().get("spec"));
    ObjectNode input = Yaml.MAPPER.createObjectNode();
    input.put("apiVersion", "toolhive.stacklok.dev/v1alpha1").put("kind", "PlatformDefaults");
    input.set("images", Yaml.MAPPER.valueToTree(images));
    ((ObjectNode) ((ArrayNode) spec.get("pipeline")).get(0)).set("input", input);
    return new GenericKubernetesResourceBuilder()
        .withApiVersion("apiextensions.crossplane.io/v1")
        .withKind("Composition")
        .withNewMetadata()
        .withName(name)
        .endMetadata()
        .withAdditionalProperties(Map.of("spec", Yaml.MAPPER.convertValue(spec, Object.class)))
        .build();
  }

  private static NonNamespaceOperation<
          GenericKubernetesResource,
          GenericKubernetesResourceList,
          Resource<GenericKubernetesResource>>
      all() {
    return Cluster.clusterScoped(
        "apiextensions.crossplane.io", "v1", "Composition", "compositions");
  }

  @Override
  public void close() {
    all().withName(name).delete();
  }
}
