package io.sessionstorage.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.sessionstorage.testing.Yaml;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** A SessionStorage as a user handles it. */
record Store(String namespace, String name) {
  private static final List<ResourceDefinitionContext> KINDS =
      List.of(
          Cluster.context("", "v1", "ConfigMap", "configmaps"),
          Cluster.context("", "v1", "PersistentVolumeClaim", "persistentvolumeclaims"),
          Cluster.context("", "v1", "Secret", "secrets"),
          Cluster.context("", "v1", "Service", "services"),
          Cluster.context("", "v1", "ServiceAccount", "serviceaccounts"),
          Cluster.context("apps", "v1", "Deployment", "deployments"),
          Cluster.context("apps", "v1", "StatefulSet", "statefulsets"),
          Cluster.context("batch", "v1", "CronJob", "cronjobs"),
          Cluster.context("batch", "v1", "Job", "jobs"),
          Cluster.context("policy", "v1", "PodDisruptionBudget", "poddisruptionbudgets"),
          Cluster.context("networking.k8s.io", "v1", "NetworkPolicy", "networkpolicies"),
          Cluster.context("protection.crossplane.io", "v1beta1", "Usage", "usages"),
          Cluster.context(
              "valkey.m.toolhive.stacklok.dev", "v1alpha1", "Connection", "connections"),
          Cluster.context(
              "valkey.m.toolhive.stacklok.dev", "v1alpha1", "ProviderConfig", "providerconfigs"));
  private static final String AS_OPERATOR =
      """
      REDISCLI_AUTH=$(cat /secrets/operator) && VALKEYCLI_AUTH=$REDISCLI_AUTH
      export REDISCLI_AUTH VALKEYCLI_AUTH
      TLS=
      [ ! -r /tls/ca.crt ] || TLS='--tls --cacert /tls/ca.crt'
      exec timeout 10 valkey-cli $TLS --user operator "$@"
      """;
  private static final String COMPONENT = "app.kubernetes.io/component";
  private static final Duration PATIENCE = Duration.ofMinutes(3);

  /** Every one on the cluster. */
  static List<Store> everywhere() {
    return all().stream()
        .map(
            storage ->
                new Store(storage.getMetadata().getNamespace(), storage.getMetadata().getName()))
        .toList();
  }

  /** Whether one on the cluster is being deleted, as the last one of another test may be. */
  static boolean someEnd() {
    return all().stream().anyMatch(HasMetadata::isMarkedForDeletion);
  }

  private static List<GenericKubernetesResource> all() {
    return Cluster.namespaced(
            "toolhive.stacklok.dev", "v1alpha1", "SessionStorage", "sessionstorages")
        .inAnyNamespace()
        .list()
        .getItems();
  }

  /**
   * Applies it.
   *
   * @param spec YAML in one line
   */
  Store apply(String spec) {
    Cluster.CLIENT
        .resource(
            Serialization.unmarshal(
                """
                apiVersion: toolhive.stacklok.dev/v1alpha1
                kind: SessionStorage
                metadata: {name: %s, namespace: %s}
                spec: %s
                """
                    .formatted(name, namespace, spec),
                GenericKubernetesResource.class))
        .fieldManager("e2e")
        .forceConflicts()
        .serverSideApply();
    return this;
  }

  Duration timeToReady(String spec) {
    long start = System.nanoTime();
    apply(spec);
    await("Ready of " + this)
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(200))
        .untilAsserted(() -> assertThat(condition("Ready")).as("%s", get()).startsWith("True "));
    return Duration.ofNanos(System.nanoTime() - start);
  }

  Store awaitReady() {
    awaitPhase("Ready");
    await("Ready of " + this)
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(condition("Ready")).as("%s", get()).startsWith("True "));
    return this;
  }

  void awaitPhase(String phase) {
    await("%s of %s".formatted(phase, this))
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(status("phase")).as("%s", get()).isEqualTo(phase));
  }

  void awaitMessage(String... parts) {
    await("message of " + this)
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(status("message")).contains(parts));
  }

  /** Has Crossplane look at it again, now. */
  void touch() {
    Cluster.sessionStorage(namespace, name)
        .edit(
            storage ->
                new GenericKubernetesResourceBuilder(storage)
                    .editMetadata()
                    .addToAnnotations("e2e/touched", Instant.now().toString())
                    .endMetadata()
                    .build());
  }

  GenericKubernetesResource get() {
    return Objects.requireNonNull(
        Cluster.sessionStorage(namespace, name).get(), () -> this + " is gone");
  }

  boolean exists() {
    return Cluster.sessionStorage(namespace, name).get() != null;
  }

  void delete() {
    Cluster.sessionStorage(namespace, name).delete();
  }

  /** Every object in its namespace that Crossplane composed for it, as {@code KIND NAME}. */
  List<String> composed() {
    return versions().keySet().stream().sorted().toList();
  }

  /** The resource version of every composed object. */
  Map<String, String> versions() {
    return composed(ObjectMeta::getResourceVersion);
  }

  /** Who every composed object is: another one of the same name differs. */
  Map<String, String> uids() {
    return composed(ObjectMeta::getUid);
  }

  private Map<String, String> composed(Function<ObjectMeta, String> value) {
    return KINDS.stream()
        .flatMap(this::composed)
        .collect(
            Collectors.toMap(
                object -> object.getKind() + " " + object.getMetadata().getName(),
                object -> value.apply(object.getMetadata())));
  }

  private Stream<GenericKubernetesResource> composed(ResourceDefinitionContext kind) {
    return Cluster.CLIENT
        .genericKubernetesResources(kind)
        .inNamespace(namespace)
        .withLabel("crossplane.io/composite", name)
        .list()
        .getItems()
        .stream();
  }

  void awaitGone() {
    awaitGoneBut();
  }

  /** As {@link #awaitGone}, with what stays. */
  void awaitGoneBut(String... objects) {
    await("end of " + this)
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(exists()).isFalse();
              assertThat(composed()).containsExactlyInAnyOrder(objects);
              assertThat(pods()).isEmpty();
            });
  }

  /** Waits until Crossplane no longer marks it as in use. */
  void awaitDeletable() {
    await("end of protection of " + this)
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(get().getMetadata().getLabels())
                    .doesNotContainKey("crossplane.io/in-use"));
  }

  /** A field of the status, as text; empty if it is not there. */
  String status(Object... path) {
    return Optional.ofNullable(get().getAdditionalProperties().get("status"))
        .map(status -> Yaml.MAPPER.<JsonNode>valueToTree(status))
        .map(status -> status.at(pointer(path)).asText())
        .orElse("");
  }

  private static String pointer(Object... path) {
    StringBuilder pointer = new StringBuilder();
    for (Object part : path) {
      pointer.append('/').append(part);
    }
    return pointer.toString();
  }

  /** A condition as {@code STATUS REASON MESSAGE}; empty if it is not there. */
  String condition(String type) {
    return conditions().stream()
        .filter(condition -> type.equals(condition.get("type")))
        .map(
            condition ->
                "%s %s %s"
                    .formatted(
                        condition.get("status"),
                        condition.get("reason"),
                        Objects.requireNonNullElse(condition.get("message"), "")))
        .findFirst()
        .orElse("");
  }

  /** Waits until the condition says that: Crossplane writes conditions after the other status. */
  void awaitCondition(String type, String start, String... parts) {
    await("%s of %s".formatted(type, this))
        .untilAsserted(
            () ->
                assertThat(condition(type))
                    .startsWith(start)
                    .satisfies(it -> assertThat(parts).allMatch(it::contains)));
  }

  private List<Map<String, Object>> conditions() {
    return Objects.requireNonNullElse(get().get("status", "conditions"), List.of());
  }

  /** Its only pod. */
  Pod pod() {
    return Objects.requireNonNull(
        Cluster.CLIENT.pods().inNamespace(namespace).withName(name + "-0").get(),
        () -> "no pod of " + this);
  }

  List<Pod> pods() {
    return Cluster.CLIENT
        .pods()
        .inNamespace(namespace)
        .withLabel("app.kubernetes.io/instance", name)
        .withLabel("app.kubernetes.io/part-of", "toolhive")
        .list()
        .getItems();
  }

  /** The namespaces that its NetworkPolicy lets in, beside its own. */
  List<String> allowedNamespaces() {
    return Cluster.CLIENT
        .network()
        .v1()
        .networkPolicies()
        .inNamespace(namespace)
        .withName(name)
        .get()
        .getSpec()
        .getIngress()
        .stream()
        .flatMap(rule -> rule.getFrom().stream())
        .map(NetworkPolicyPeer::getNamespaceSelector)
        .filter(Objects::nonNull)
        .map(selector -> selector.getMatchLabels().get("kubernetes.io/metadata.name"))
        .toList();
  }

  /** One value of its connection Secret. */
  String connection(String key) {
    return secret(name + "-connection", key);
  }

  /** The keys of a Secret. */
  Set<String> keys(String secret) {
    return Cluster.CLIENT
        .secrets()
        .inNamespace(namespace)
        .withName(secret)
        .get()
        .getData()
        .keySet();
  }

  String secret(String secret, String key) {
    String value =
        Cluster.CLIENT.secrets().inNamespace(namespace).withName(secret).get().getData().get(key);
    return new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8);
  }

  /** What valkey-cli says to a person who uses it inside the first pod, as user operator. */
  Reply operator(String... command) {
    return operatorIn(name + "-0", command);
  }

  /** The pods of Valkey. */
  List<Pod> nodes() {
    return pods().stream()
        .filter(pod -> "valkey".equals(pod.getMetadata().getLabels().get(COMPONENT)))
        .toList();
  }

  /** The pod of the only primary; fails if there is none, or more than one. */
  Pod primary() {
    List<Pod> primaries = primaries();
    assertThat(primaries).as("primaries of %s", this).hasSize(1);
    return primaries.getFirst();
  }

  /** Until there is another primary than that one, and only one. */
  void awaitPrimaryOtherThan(Pod former) {
    await("another primary, and only one")
        .atMost(PATIENCE)
        .ignoreExceptions()
        .untilAsserted(
            () ->
                assertThat(primary().getMetadata().getName())
                    .isNotEqualTo(former.getMetadata().getName()));
  }

  /** The pod of a node that is not the primary. */
  Pod replica() {
    String primary = primary().getMetadata().getName();
    return nodes().stream()
        .filter(pod -> !pod.getMetadata().getName().equals(primary))
        .findFirst()
        .orElseThrow();
  }

  /** The pods that call themselves primary now. */
  List<Pod> primaries() {
    return nodes().stream()
        .filter(pod -> operatorIn(pod.getMetadata().getName(), "ROLE").text().startsWith("master"))
        .toList();
  }

  /** What each node says to a person who uses valkey-cli inside it, as user operator. */
  List<String> everyOperator(String... command) {
    return nodes().stream()
        .map(pod -> operatorIn(pod.getMetadata().getName(), command).text())
        .toList();
  }

  /** Of size large. A node that is not there fails it as well. */
  void assertTwoReplicasKeepUp() {
    assertThat(everyOperator("INFO", "replication"))
        .anyMatch(info -> info.contains("min_slaves_good_slaves:2"));
  }

  private Reply operatorIn(String pod, String... command) {
    return Pods.exec(
        namespace,
        pod,
        "reload",
        Stream.concat(Stream.of("sh", "-c", AS_OPERATOR, "sh"), Stream.of(command))
            .toArray(String[]::new));
  }
}
