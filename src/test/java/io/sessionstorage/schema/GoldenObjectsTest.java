package io.sessionstorage.schema;

import static org.assertj.core.api.Assertions.assertThatCode;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubeapitest.KubeAPIServer;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.PodTemplateSpec;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.dsl.FieldValidateable.Validation;
import io.sessionstorage.compose.Golden;
import io.sessionstorage.provider.binding.Binding;
import io.sessionstorage.provider.config.ProviderConfig;
import io.sessionstorage.provider.connection.Connection;
import io.sessionstorage.testing.KubeApi;
import io.sessionstorage.testing.Programs;
import io.sessionstorage.testing.Yaml;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/**
 * A real API server takes every object that a golden case composes, without an unknown field and as
 * restricted.
 */
@TestInstance(Lifecycle.PER_CLASS)
class GoldenObjectsTest {
  private static final String NAMESPACE = "team-a";

  private @Nullable KubeAPIServer server;
  private @Nullable KubernetesClient client;

  @AfterAll
  void stop() {
    if (client != null) {
      client.close();
    }
    if (server != null) {
      server.stop();
    }
  }

  /**
   * Usage is a kind of Crossplane, which this API server has not: the end-to-end tests cover it.
   */
  static List<Path> objects() {
    return Golden.cases().stream()
        .flatMap(folder -> Golden.files(folder, "out-").stream())
        .filter(
            file ->
                // Kinds of Crossplane and of cert-manager, which this server does not know.
                Stream.of("answer", "certificate", "deletion-protection")
                    .noneMatch(key -> file.endsWith("out-" + key + ".yaml")))
        .toList();
  }

  static Stream<Path> statefulSets() {
    return objects().stream().filter(file -> file.endsWith("out-statefulset.yaml"));
  }

  @ParameterizedTest
  @MethodSource("objects")
  void takesTheObject(Path file) {
    GenericKubernetesResource object =
        client()
            .getKubernetesSerialization()
            .convertValue(Yaml.one(file), GenericKubernetesResource.class);

    assertThatCode(
            () ->
                client()
                    .resource(object)
                    .inNamespace(NAMESPACE)
                    .dryRun(true)
                    .fieldValidation(Validation.STRICT)
                    .create())
        .doesNotThrowAnyException();
  }

  @ParameterizedTest
  @MethodSource("statefulSets")
  void admitsThePodWherePodSecurityIsRestricted(Path file) {
    JsonNode template = Yaml.one(file).at("/spec/template");
    PodTemplateSpec pod =
        client().getKubernetesSerialization().convertValue(template, PodTemplateSpec.class);

    // The StatefulSet adds the volume that its claim template names.
    PodSpecBuilder spec = new PodSpecBuilder(pod.getSpec());
    if (!spec.hasMatchingVolume(volume -> volume.getName().equals("data"))) {
      spec.addNewVolume().withName("data").withNewEmptyDir().endEmptyDir().endVolume();
    }
    Pod shown =
        new PodBuilder()
            .withNewMetadata()
            .withName("shared-0")
            .endMetadata()
            .withSpec(spec.build())
            .build();

    assertThatCode(() -> client().resource(shown).inNamespace(NAMESPACE).dryRun(true).create())
        .doesNotThrowAnyException();
  }

  @Test
  void refusesWhatIsNotRestricted() {
    GenericKubernetesResource pod =
        client()
            .getKubernetesSerialization()
            .convertValue(
                Map.of(
                    "apiVersion",
                    "v1",
                    "kind",
                    "Pod",
                    "metadata",
                    Map.of("name", "x"),
                    "spec",
                    Map.of("containers", List.of(Map.of("name", "x", "image", "x")))),
                GenericKubernetesResource.class);

    assertThatCode(() -> client().resource(pod).inNamespace(NAMESPACE).dryRun(true).create())
        .hasMessageContaining("PodSecurity \"restricted");
  }

  private KubernetesClient client() {
    if (client == null) {
      Programs.requireDirectory(
          "KUBE_API_TEST_DIR", "setup-envtest use --bin-dir DIR, then KUBE_API_TEST_DIR=DIR");
      server = new KubeAPIServer();
      server.start();
      client =
          new KubernetesClientBuilder()
              .withConfig(Config.fromKubeconfig(server.getKubeConfigYaml()))
              .build();
      client
          .resource(
              new NamespaceBuilder()
                  .withNewMetadata()
                  .withName(NAMESPACE)
                  .addToLabels("pod-security.kubernetes.io/enforce", "restricted")
                  .endMetadata()
                  .build())
          .create();
      install(client, Binding.class);
      install(client, Connection.class);
      install(client, ProviderConfig.class);
    }
    return client;
  }

  private static void install(KubernetesClient client, Class<? extends HasMetadata> kind) {
    CustomResourceDefinition definition = io.sessionstorage.provider.Crds.definition(kind);
    client.resource(definition).create();
    KubeApi.awaitEstablished(client, definition.getMetadata().getName());
  }
}
