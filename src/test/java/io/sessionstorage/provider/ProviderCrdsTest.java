package io.sessionstorage.provider;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.sessionstorage.provider.config.ClusterProviderConfig;
import io.sessionstorage.provider.config.ProviderConfig;
import io.sessionstorage.provider.config.ProviderConfigUsage;
import io.sessionstorage.provider.managed.ManagedResource;
import io.sessionstorage.testing.Requirement;
import io.sessionstorage.testing.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ProviderCrdsTest {
  private static final Path FOLDER = Path.of("package", "provider", "crds");

  static List<Class<? extends HasMetadata>> kinds() {
    return Crds.kinds();
  }

  /** {@code mvn test -Dtest=ProviderCrdsTest -Dupdate=true} writes them. */
  @BeforeAll
  static void update() throws IOException {
    if (Boolean.getBoolean("update")) {
      Files.createDirectories(FOLDER);
      try (Stream<Path> files = Files.list(FOLDER)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      for (Class<? extends HasMetadata> kind : kinds()) {
        Files.writeString(file(kind), Yaml.write(Crds.generate(kind)));
      }
    }
  }

  private static Path file(Class<? extends HasMetadata> kind) {
    return FOLDER.resolve(HasMetadata.getPlural(kind) + ".yaml");
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void thePackageHasTheDefinitionOfTheJavaClass(Class<? extends HasMetadata> kind) {
    assertThat(file(kind)).hasContent(Yaml.write(Crds.generate(kind)));
  }

  @Test
  void thePackageHasNoOtherDefinitions() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      assertThat(files.map(it -> it.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(
              kinds().stream().map(it -> HasMetadata.getPlural(it) + ".yaml").toList());
    }
  }

  static List<JsonNode> managed() {
    return kinds().stream()
        .filter(ManagedResource.class::isAssignableFrom)
        .<JsonNode>map(Crds::generate)
        .toList();
  }

  @ParameterizedTest
  @MethodSource("managed")
  @Requirement(
      "Runtime: a managed resource is namespaced, of a group with .m., listed by kubectl get crossplane, managed and valkey")
  void aManagedResourceIsFoundByItsCategories(JsonNode crd) {
    assertThat(crd.at("/spec/scope").asText()).isEqualTo("Namespaced");
    assertThat(crd.at("/spec/group").asText()).contains(".m.");
    assertThat(texts(crd.at("/spec/names/categories")))
        .containsExactly("crossplane", "managed", "valkey");
  }

  @ParameterizedTest
  @MethodSource("managed")
  @Requirement(
      "Runtime: kubectl get shows a managed resource's READY, SYNCED, EXTERNAL-NAME and AGE")
  void aManagedResourceHasTheUsualColumns(JsonNode crd) {
    assertThat(
            version(crd)
                .at("/additionalPrinterColumns")
                .valueStream()
                .map(it -> it.path("name").asText() + " " + it.path("jsonPath").asText()))
        .containsExactly(
            "READY .status.conditions[?(@.type=='Ready')].status",
            "SYNCED .status.conditions[?(@.type=='Synced')].status",
            "EXTERNAL-NAME .metadata.annotations.crossplane\\.io/external-name",
            "AGE .metadata.creationTimestamp");
  }

  @ParameterizedTest
  @MethodSource("managed")
  @Requirement(
      "Runtime: a managed resource has forProvider, managementPolicies (default *), providerConfigRef (default the ClusterProviderConfig default) and writeConnectionSecretToRef, and no deletionPolicy. Not followed by Binding: it needs no ProviderConfig")
  void aManagedResourceIsSpecifiedAsAllAre(JsonNode crd) {
    JsonNode spec = version(crd).at("/schema/openAPIV3Schema/properties/spec");
    boolean binding = crd.at("/spec/names/kind").asText().equals("Binding");

    assertThat(spec.path("properties").propertyStream().map(Map.Entry::getKey))
        .containsExactlyInAnyOrderElementsOf(
            Stream.of(
                    "forProvider",
                    "managementPolicies",
                    "providerConfigRef",
                    "writeConnectionSecretToRef")
                .filter(it -> !(binding && it.equals("providerConfigRef")))
                .toList());
    assertThat(texts(spec.path("required"))).containsExactly("forProvider");
    assertThat(texts(spec.at("/properties/managementPolicies/default"))).containsExactly("*");
    JsonNode config = spec.at("/properties/providerConfigRef/default");
    assertThat(config.path("kind").asText()).isEqualTo(binding ? "" : "ClusterProviderConfig");
    assertThat(config.path("name").asText()).isEqualTo(binding ? "" : "default");
  }

  @ParameterizedTest
  @MethodSource("managed")
  @Requirement(
      "Runtime: a managed resource's status is a subresource, with atProvider, conditions as a map by their type, observedGeneration and lastHandledReconcileAt")
  void aManagedResourceHasTheUsualStatus(JsonNode crd) {
    JsonNode status = version(crd).at("/schema/openAPIV3Schema/properties/status/properties");

    assertThat(version(crd).at("/subresources/status").isObject()).isTrue();
    assertThat(status.propertyStream().map(Map.Entry::getKey))
        .contains("conditions", "observedGeneration", "lastHandledReconcileAt");
    assertThat(status.at("/conditions/x-kubernetes-list-type").asText()).isEqualTo("map");
    assertThat(texts(status.at("/conditions/x-kubernetes-list-map-keys"))).containsExactly("type");
    assertThat(texts(status.at("/conditions/items/required")))
        .containsExactly("lastTransitionTime", "reason", "status", "type");
  }

  @Test
  @Requirement(
      "Runtime: a ProviderConfig refers to Secrets of its own namespace only, so that no team reads another one's; a ClusterProviderConfig says the namespace")
  void aProviderConfigReadsNoSecretOfAnotherNamespace() {
    JsonNode local = Crds.generate(ProviderConfig.class);
    JsonNode cluster = Crds.generate(ClusterProviderConfig.class);

    assertThat(local.at("/spec/scope").asText()).isEqualTo("Namespaced");
    assertThat(secretReferences(local)).containsOnly("[key, name]");
    assertThat(cluster.at("/spec/scope").asText()).isEqualTo("Cluster");
    assertThat(secretReferences(cluster)).containsOnly("[key, name, namespace]");
  }

  @Test
  @Requirement(
      "Runtime: a ProviderConfigUsage is namespaced and has providerConfigRef {kind, name} and resourceRef {apiVersion, kind, name}")
  void aUsageSaysWhoUsesWhat() {
    JsonNode crd = Crds.generate(ProviderConfigUsage.class);
    JsonNode schema = version(crd).at("/schema/openAPIV3Schema");

    assertThat(crd.at("/spec/scope").asText()).isEqualTo("Namespaced");
    assertThat(texts(schema.path("required"))).containsExactly("providerConfigRef", "resourceRef");
    assertThat(texts(schema.at("/properties/providerConfigRef/required")))
        .containsExactly("kind", "name");
    assertThat(texts(schema.at("/properties/resourceRef/required")))
        .containsExactly("apiVersion", "kind", "name");
  }

  /** The fields of each. */
  private static List<String> secretReferences(JsonNode crd) {
    JsonNode spec = version(crd).at("/schema/openAPIV3Schema/properties/spec/properties");
    return Stream.of(
            spec.at("/credentials/properties/secretRef"),
            spec.at("/tls/properties/caSecretRef"),
            spec.at("/tls/properties/clientCertificateSecretRef"))
        .map(it -> it.path("properties").propertyStream().map(Map.Entry::getKey).sorted().toList())
        .map(List::toString)
        .toList();
  }

  private static JsonNode version(JsonNode crd) {
    return crd.at("/spec/versions/0");
  }

  private static List<String> texts(JsonNode array) {
    return array.valueStream().map(JsonNode::asText).toList();
  }
}
