package io.sessionstorage.provider;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.crdv2.generator.CRDGenerator;
import io.fabric8.crdv2.generator.CRDGenerator.CRDOutput;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.sessionstorage.provider.binding.Binding;
import io.sessionstorage.provider.config.ClusterProviderConfig;
import io.sessionstorage.provider.config.ProviderConfig;
import io.sessionstorage.provider.config.ProviderConfigUsage;
import io.sessionstorage.provider.managed.Description;
import io.sessionstorage.provider.managed.ManagedResource;
import io.sessionstorage.testing.Yaml;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.net.URI;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;

/** The provider's custom resource definitions, generated from its Java classes. */
public final class Crds {
  private static final List<Class<? extends HasMetadata>> CONFIG =
      List.of(ProviderConfig.class, ClusterProviderConfig.class, ProviderConfigUsage.class);

  private Crds() {}

  /** All kinds of the package. */
  static List<Class<? extends HasMetadata>> kinds() {
    return Stream.<Class<? extends HasMetadata>>concat(CONFIG.stream(), ManagedKinds.ALL.stream())
        .toList();
  }

  /** The definition of a kind, to be installed. */
  public static CustomResourceDefinition definition(Class<? extends HasMetadata> kind) {
    return Serialization.unmarshal(Yaml.write(generate(kind)), CustomResourceDefinition.class);
  }

  /** The definition of a kind, as YAML in the order that people expect. */
  static ObjectNode generate(Class<? extends HasMetadata> kind) {
    ByteArrayOutputStream yaml = new ByteArrayOutputStream();
    new CRDGenerator()
        .customResourceClasses(List.of(kind))
        .forCRDVersions("v1")
        .withParallelGenerationEnabled(false)
        .withOutput(
            new CRDOutput<ByteArrayOutputStream>() {
              @Override
              public ByteArrayOutputStream outputFor(String name) {
                return yaml;
              }

              @Override
              public URI crdURI(String name) {
                return URI.create("file:///" + name);
              }

              @Override
              public void close() {}
            })
        .generate();
    ObjectNode crd = read(yaml.toString(StandardCharsets.UTF_8));
    boolean managed = ManagedResource.class.isAssignableFrom(kind);
    crd.withObject("/spec/names")
        .putArray("categories")
        .add("crossplane")
        .add(managed ? "managed" : "provider")
        .add("valkey");
    ObjectNode version = (ObjectNode) crd.at("/spec/versions/0");
    ObjectNode schema = version.withObject("/schema/openAPIV3Schema");
    schema.put("description", kind.getAnnotation(Description.class).value());
    if (managed) {
      columns(version);
      ObjectNode spec = schema.withObject("/properties/spec/properties");
      spec.withObject("/managementPolicies").putArray("default").add("*");
      if (kind == Binding.class) {
        spec.remove("providerConfigRef");
      } else {
        spec.withObject("/providerConfigRef/default")
            .put("kind", "ClusterProviderConfig")
            .put("name", "default");
      }
    }
    if (kind != ProviderConfigUsage.class) {
      schema.putArray("required").add("spec");
      ObjectNode conditions = schema.withObject("/properties/status/properties/conditions");
      conditions.put("x-kubernetes-list-type", "map");
      conditions.putArray("x-kubernetes-list-map-keys").add("type");
    } else {
      ((ObjectNode) schema.get("properties")).remove(List.of("spec", "status"));
      version.remove("subresources");
    }
    return crd;
  }

  private static void columns(ObjectNode version) {
    ArrayNode columns = version.putArray("additionalPrinterColumns");
    column(columns, "READY", "string", ".status.conditions[?(@.type=='Ready')].status");
    column(columns, "SYNCED", "string", ".status.conditions[?(@.type=='Synced')].status");
    column(
        columns, "EXTERNAL-NAME", "string", ".metadata.annotations.crossplane\\.io/external-name");
    column(columns, "AGE", "date", ".metadata.creationTimestamp");
  }

  private static void column(ArrayNode columns, String name, String type, String path) {
    columns.addObject().put("name", name).put("type", type).put("jsonPath", path);
  }

  private static ObjectNode read(String yaml) {
    try {
      JsonNode node = Yaml.MAPPER.readTree(yaml);
      return (ObjectNode) node;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
