package io.sessionstorage.provider.binding;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinitionVersion;
import io.fabric8.kubernetes.api.model.apiextensions.v1.JSONSchemaProps;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.sessionstorage.provider.managed.ExternalFailure;
import java.net.HttpURLConnection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** ToolHive's MCP servers: reads them, and sets {@code spec.sessionStorage} and nothing else. */
final class Consumers {
  private static final String GROUP = "toolhive.stacklok.dev";

  /** The newest version that ToolHive serves comes first. */
  private static final List<String> VERSIONS = List.of("v1beta1", "v1alpha1");

  private final KubernetesClient client;

  Consumers(KubernetesClient client) {
    this.client = client;
  }

  /**
   * A kind as the installed ToolHive has it.
   *
   * @param tls whether {@code spec.sessionStorage} has a field tls
   */
  record Api(BindingParameters.ConsumerKind kind, String version, boolean tls) {
    String apiVersion() {
      return GROUP + "/" + version;
    }
  }

  /**
   * What the installed ToolHive offers.
   *
   * @throws ExternalFailure if ToolHive is not installed, or too old
   */
  Api api(BindingParameters.ConsumerKind kind) {
    String name = kind.plural() + "." + GROUP;
    CustomResourceDefinition crd =
        client.apiextensions().v1().customResourceDefinitions().withName(name).get();
    if (crd == null) {
      throw new ExternalFailure(
          "there is no kind %s: install ToolHive's operator".formatted(kind.kind()));
    }
    return VERSIONS.stream()
        .flatMap(wanted -> served(crd, wanted))
        .findFirst()
        .map(version -> new Api(kind, version.getName(), hasTls(version)))
        .orElseThrow(
            () ->
                new ExternalFailure(
                    "the installed ToolHive serves no version of %s that this provider knows: %s"
                        .formatted(kind.kind(), VERSIONS)));
  }

  private static Stream<CustomResourceDefinitionVersion> served(
      CustomResourceDefinition crd, String version) {
    return crd.getSpec().getVersions().stream()
        .filter(it -> it.getName().equals(version) && Boolean.TRUE.equals(it.getServed()));
  }

  private static boolean hasTls(CustomResourceDefinitionVersion version) {
    return Optional.ofNullable(version.getSchema().getOpenAPIV3Schema())
        .flatMap(schema -> property(schema, "spec"))
        .flatMap(spec -> property(spec, "sessionStorage"))
        .flatMap(storage -> property(storage, "tls"))
        .isPresent();
  }

  private static Optional<JSONSchemaProps> property(JSONSchemaProps schema, String name) {
    return Optional.ofNullable(
        Objects.requireNonNullElse(schema.getProperties(), Map.<String, JSONSchemaProps>of())
            .get(name));
  }

  @Nullable GenericKubernetesResource get(Api api, String namespace, String name) {
    return at(api, namespace, name).get();
  }

  /** {@code spec.sessionStorage}; empty if there is none. */
  static Map<String, Object> sessionStorage(GenericKubernetesResource consumer) {
    return Objects.requireNonNullElse(consumer.get("spec", "sessionStorage"), Map.of());
  }

  /** Whether {@code manager} has set something that is still there. */
  static boolean isSetBy(GenericKubernetesResource consumer, String manager) {
    return consumer.getMetadata().getManagedFields().stream()
        .anyMatch(
            it ->
                manager.equals(it.getManager())
                    && it.getFieldsV1() != null
                    && it.getFieldsV1().getAdditionalProperties().containsKey("f:spec"));
  }

  /**
   * Sets {@code spec.sessionStorage} by server-side apply, if this very consumer is still there.
   *
   * @throws ExternalFailure if somebody else has set one of its fields, and {@code force} is not
   *     set
   */
  void set(
      Api api,
      GenericKubernetesResource consumer,
      String manager,
      Map<String, Object> sessionStorage,
      boolean force) {
    try {
      apply(api, consumer, manager, Map.of("sessionStorage", sessionStorage), force);
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
        throw new ExternalFailure(
            "spec.sessionStorage of %s %s is set by somebody else (%s): remove it there, or set spec.forProvider.force"
                .formatted(
                    api.kind().kind(),
                    consumer.getMetadata().getName(),
                    managers(consumer, manager)));
      }
      throw e;
    }
  }

  /** Takes back what {@code manager} has set, and nothing that somebody else has set, too. */
  void unset(Api api, GenericKubernetesResource consumer, String manager) {
    apply(api, consumer, manager, Map.of(), false);
  }

  private void apply(
      Api api,
      GenericKubernetesResource consumer,
      String manager,
      Map<String, Object> spec,
      boolean force) {
    Map<String, Object> patch = new LinkedHashMap<>();
    patch.put("apiVersion", api.apiVersion());
    patch.put("kind", api.kind().kind());
    // With its UID, so that one that was deleted meanwhile is not created.
    patch.put(
        "metadata",
        Map.of(
            "name", consumer.getMetadata().getName(),
            "namespace", consumer.getMetadata().getNamespace(),
            "uid", consumer.getMetadata().getUid()));
    if (!spec.isEmpty()) {
      patch.put("spec", spec);
    }
    at(api, consumer.getMetadata().getNamespace(), consumer.getMetadata().getName())
        .patch(
            new PatchContext.Builder()
                .withPatchType(PatchType.SERVER_SIDE_APPLY)
                .withFieldManager(manager)
                .withForce(force)
                .build(),
            client.getKubernetesSerialization().asJson(patch));
  }

  /** Who else has set a part of it. */
  private static String managers(GenericKubernetesResource consumer, String manager) {
    return String.join(
        ", ",
        consumer.getMetadata().getManagedFields().stream()
            .filter(it -> it.getFieldsV1() != null && !manager.equals(it.getManager()))
            .filter(
                it ->
                    it.getFieldsV1().getAdditionalProperties().get("f:spec")
                            instanceof Map<?, ?> spec
                        && spec.containsKey("f:sessionStorage"))
            .map(it -> Objects.requireNonNullElse(it.getManager(), "unknown"))
            .distinct()
            .toList());
  }

  /**
   * Whether all of a consumer's proxies have started with {@code secretName}; true, too, if it has
   * none.
   */
  boolean hasRolled(GenericKubernetesResource consumer, String secretName) {
    Deployment proxies =
        client
            .apps()
            .deployments()
            .inNamespace(consumer.getMetadata().getNamespace())
            .withName(consumer.getMetadata().getName())
            .get();
    if (proxies == null) {
      return true;
    }
    var status = proxies.getStatus();
    int wanted = Objects.requireNonNullElse(proxies.getSpec().getReplicas(), 1);
    return references(proxies, secretName)
        && status != null
        && Objects.requireNonNullElse(status.getObservedGeneration(), 0L)
            >= proxies.getMetadata().getGeneration()
        && Objects.requireNonNullElse(status.getUpdatedReplicas(), 0) >= wanted
        && Objects.requireNonNullElse(status.getReplicas(), 0) <= wanted
        && Objects.requireNonNullElse(status.getReadyReplicas(), 0) >= wanted;
  }

  private static boolean references(Deployment proxies, String secretName) {
    return proxies.getSpec().getTemplate().getSpec().getContainers().stream()
        .flatMap(container -> container.getEnv().stream())
        .anyMatch(
            variable ->
                variable.getValueFrom() != null
                    && variable.getValueFrom().getSecretKeyRef() != null
                    && secretName.equals(variable.getValueFrom().getSecretKeyRef().getName()));
  }

  private Resource<GenericKubernetesResource> at(Api api, String namespace, String name) {
    return client
        .genericKubernetesResources(
            new ResourceDefinitionContext.Builder()
                .withGroup(GROUP)
                .withVersion(api.version())
                .withKind(api.kind().kind())
                .withPlural(api.kind().plural())
                .withNamespaced(true)
                .build())
        .inNamespace(namespace)
        .withName(name);
  }
}
