package io.sessionstorage.provider.binding;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.sessionstorage.provider.Crds;
import io.sessionstorage.provider.managed.ChangeLog;
import io.sessionstorage.provider.managed.Condition;
import io.sessionstorage.provider.managed.Connector;
import io.sessionstorage.provider.managed.Controllers;
import io.sessionstorage.provider.managed.Events;
import io.sessionstorage.provider.managed.Kind;
import io.sessionstorage.provider.managed.Metrics;
import io.sessionstorage.provider.managed.Settings;
import io.sessionstorage.provider.managed.SettingsBuilder;
import io.sessionstorage.testing.KubeApi;
import io.sessionstorage.testing.Yaml;
import java.nio.file.Path;
import java.time.Duration;
import java.time.InstantSource;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;
import org.awaitility.core.ThrowingRunnable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/**
 * Bindings with their controller, on a real API server with ToolHive's kinds as minimal schemas.
 */
class BindingTest {
  @SuppressWarnings("NullAway.Init") // before each test
  private KubernetesClient client;

  @SuppressWarnings("NullAway.Init") // before each test
  private String namespace;

  @SuppressWarnings("NullAway.Init") // before each test
  @AutoClose
  private Events events;

  @SuppressWarnings("NullAway.Init") // before each test
  @AutoClose
  private Controllers controllers;

  @BeforeEach
  void start() {
    client = KubeApi.client();
    KubeApi.install(Crds.definition(Binding.class));
    Stream.of("crds.yaml", "sessionstorage.yaml")
        .flatMap(file -> Yaml.read(Path.of("src", "test", "resources", "toolhive", file)).stream())
        .forEach(
            crd ->
                KubeApi.install(
                    client
                        .getKubernetesSerialization()
                        .unmarshal(Yaml.write(crd), CustomResourceDefinition.class)));
    namespace = KubeApi.namespace();
    events = new Events(client, InstantSource.system());
    controllers = started();
  }

  private Controllers started() {
    InstantSource clock = InstantSource.system();
    Settings settings =
        SettingsBuilder.usualBut(
            it -> {
              it.poll = Duration.ofSeconds(1);
              it.pollJitterPercent = 0;
              it.maxReconcileRate = 1000;
            });
    Controllers started =
        new Controllers(
            client, settings, events, new Metrics(new PrometheusRegistry(), clock), ChangeLog.NONE);
    started.start(
        new Kind<>(
            Binding.class,
            new BindingExternal(client, clock),
            Connector.to(new BindingExternal.Nothing())));
    return started;
  }

  private void apply(String in, String yaml) {
    HasMetadata object = client.getKubernetesSerialization().unmarshal(yaml);
    client.resource(object).inNamespace(in).fieldManager("user").serverSideApply();
  }

  private void storage(String in, String allowed) {
    apply(
        in,
        """
        apiVersion: toolhive.stacklok.dev/v1alpha1
        kind: SessionStorage
        metadata: {name: shared}
        spec: {size: small, network: {allowedNamespaces: [%s]}}
        """
            .formatted(allowed));
  }

  private void connection(String in, String password, @Nullable String ca) {
    Map<String, String> data =
        new HashMap<>(
            Map.of(
                "host",
                "shared." + in + ".svc",
                "port",
                "6379",
                "username",
                "default",
                "password",
                password,
                "tls",
                Boolean.toString(ca != null)));
    if (ca != null) {
      data.put("ca.crt", ca);
    }
    client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withNamespace(in)
                .withName("shared-connection")
                .endMetadata()
                .withStringData(data)
                .build())
        .fieldManager("store")
        .forceConflicts()
        .serverSideApply();
  }

  private void consumer(String kind, String name) {
    consumer("v1beta1", kind, name);
  }

  private void consumer(String version, String kind, String name) {
    apply(
        namespace,
        """
        apiVersion: toolhive.stacklok.dev/%s
        kind: %s
        metadata: {name: %s}
        spec: {image: example/mcp, replicas: 2}
        """
            .formatted(version, kind, name));
  }

  private void binding(String name, String kind, String more) {
    apply(
        namespace,
        """
        apiVersion: valkey.m.toolhive.stacklok.dev/v1alpha1
        kind: Binding
        metadata: {name: %s}
        spec:
          forProvider:
            consumer: {kind: %s, name: %s}
            %s
        """
            .formatted(name, kind, name, more));
  }

  private @Nullable Map<String, Object> sessionStorage(String kind, String name) {
    GenericKubernetesResource consumer =
        client
            .genericKubernetesResources("toolhive.stacklok.dev/v1beta1", kind)
            .inNamespace(namespace)
            .withName(name)
            .get();
    return consumer == null ? null : consumer.get("spec", "sessionStorage");
  }

  private String condition(String binding, String type) {
    Binding it = client.resources(Binding.class).inNamespace(namespace).withName(binding).get();
    return it == null || it.getStatus() == null
        ? ""
        : Objects.requireNonNullElse(it.getStatus().conditions(), List.<Condition>of()).stream()
            .filter(condition -> condition.type().equals(type))
            .map(
                condition ->
                    condition.status() + " " + condition.reason() + " " + condition.message())
            .findFirst()
            .orElse("");
  }

  private static void eventually(ThrowingRunnable assertion) {
    await().atMost(Duration.ofSeconds(30)).untilAsserted(assertion);
  }

  private void bound(String kind) {
    storage(namespace, "");
    connection(namespace, "secret", null);
    consumer(kind, "fetch");
    binding("fetch", kind, "storageRef: {name: shared}");
    eventually(() -> assertThat(condition("fetch", "Ready")).startsWith("True Available"));
  }

  private void delete(String name) {
    client.resources(Binding.class).inNamespace(namespace).withName(name).delete();
    eventually(
        () ->
            assertThat(client.resources(Binding.class).inNamespace(namespace).withName(name).get())
                .isNull());
  }

  private Secret secret(String name) {
    return Objects.requireNonNull(
        client.secrets().inNamespace(namespace).withName(name).get(), name);
  }

  @ParameterizedTest
  @CsvSource({"MCPServer, proxy", "MCPRemoteProxy, proxy", "VirtualMCPServer, vmcp"})
  void aConsumerUsesTheStoreWithItsOwnPrefixAndSecret(String kind, String part) {
    bound(kind);

    assertThat(sessionStorage(kind, "fetch"))
        .containsEntry("provider", "redis")
        .containsEntry("address", "shared." + namespace + ".svc:6379")
        .containsEntry("keyPrefix", "thv:%s:session:%s:fetch:".formatted(part, namespace))
        .containsEntry("passwordRef", Map.of("name", "fetch-session-1", "key", "password"));
    assertThat(Stores.decoded(secret("fetch-session-1"))).isEqualTo(Map.of("password", "secret"));
    assertThat(condition("fetch", "SessionsShared")).startsWith("False ClientIPAffinity");
  }

  @Test
  void deletedItTakesBackWhatItHasSet() {
    bound("MCPServer");

    delete("fetch");

    assertThat(sessionStorage("MCPServer", "fetch")).isNullOrEmpty();
  }

  @Test
  void aConsumerThatIsDeletedFirstHoldsNothingUp() {
    bound("MCPServer");
    client
        .genericKubernetesResources("toolhive.stacklok.dev/v1beta1", "MCPServer")
        .inNamespace(namespace)
        .withName("fetch")
        .delete();

    delete("fetch");
  }

  @Test
  void aStoreThatIsDeletedFirstHoldsNothingUp() {
    bound("MCPServer");
    client.secrets().inNamespace(namespace).withName("shared-connection").delete();

    delete("fetch");

    assertThat(sessionStorage("MCPServer", "fetch")).isNullOrEmpty();
  }

  @Test
  void aChangedPasswordComesUnderAnotherSecretName() {
    bound("MCPServer");

    connection(namespace, "changed", null);

    eventually(
        () ->
            assertThat(Objects.requireNonNull(sessionStorage("MCPServer", "fetch")))
                .containsEntry(
                    "passwordRef", Map.of("name", "fetch-session-2", "key", "password")));
    assertThat(Stores.decoded(secret("fetch-session-2"))).isEqualTo(Map.of("password", "changed"));
    eventually(
        () ->
            assertThat(client.secrets().inNamespace(namespace).withName("fetch-session-1").get())
                .as("nobody uses the old one any more")
                .isNull());
  }

  /** As ToolHive's operator and the Deployment's controller leave them. */
  private void proxies(String name, String secret, boolean rolled) {
    apply(
        namespace,
        """
        apiVersion: apps/v1
        kind: Deployment
        metadata: {name: %1$s}
        spec:
          replicas: 1
          selector: {matchLabels: {app: %1$s}}
          template:
            metadata: {labels: {app: %1$s}}
            spec:
              containers:
                - name: proxy
                  image: example/proxy
                  env: [{name: THV_SESSION_REDIS_PASSWORD, valueFrom: {secretKeyRef: {name: %2$s, key: password}}}]
        """
            .formatted(name, secret));
    client
        .apps()
        .deployments()
        .inNamespace(namespace)
        .withName(name)
        .editStatus(
            it -> {
              int ready = rolled ? 1 : 0;
              return new DeploymentBuilder(it)
                  .withNewStatus()
                  .withObservedGeneration(it.getMetadata().getGeneration())
                  .withReplicas(1)
                  .withUpdatedReplicas(ready)
                  .withReadyReplicas(ready)
                  .endStatus()
                  .build();
            });
  }

  private String secretOf(String name) {
    Map<?, ?> reference =
        (Map<?, ?>)
            Objects.requireNonNull(sessionStorage("MCPServer", name))
                .getOrDefault("passwordRef", Map.of());
    return String.valueOf(reference.get("name"));
  }

  @Test
  void proxiesOfAStoreAreReplacedOneConsumerAfterTheOther() {
    storage(namespace, "");
    connection(namespace, "secret", null);
    List<String> names = List.of("one", "two", "three");
    for (String name : names) {
      consumer("MCPServer", name);
      proxies(name, name + "-session-1", true);
      binding(name, "MCPServer", "storageRef: {name: shared}");
    }
    names.forEach(
        name ->
            eventually(
                () -> assertThat(condition(name, "RolledOut")).startsWith("True RolledOut")));

    connection(namespace, "changed", null);

    List<String> waiting = new ArrayList<>(names);
    while (!waiting.isEmpty()) {
      eventually(
          () -> assertThat(waiting).anyMatch(name -> secretOf(name).equals(name + "-session-2")));
      eventually(
          () ->
              assertThat(waiting)
                  .filteredOn(name -> condition(name, "RolledOut").startsWith("False Waiting"))
                  .hasSize(waiting.size() - 1));
      String turn =
          waiting.stream()
              .filter(name -> secretOf(name).equals(name + "-session-2"))
              .findFirst()
              .orElseThrow();
      controllers.close();
      controllers = started();
      waiting.stream()
          .filter(name -> !name.equals(turn))
          .forEach(
              name ->
                  eventually(
                      () ->
                          assertThat(condition(name, "RolledOut"))
                              .as("still, of another provider")
                              .startsWith("False Waiting")));
      assertThat(waiting)
          .filteredOn(name -> secretOf(name).equals(name + "-session-2"))
          .containsExactly(turn);
      assertThat(client.secrets().inNamespace(namespace).withName(turn + "-session-1").get())
          .as("valid until the last proxy is replaced")
          .isNotNull();
      proxies(turn, turn + "-session-2", true);
      eventually(() -> assertThat(condition(turn, "RolledOut")).startsWith("True RolledOut"));
      waiting.remove(turn);
    }
  }

  @Test
  void whatSomebodyElseHasSetIsReportedAndTakenOnlyByForce() {
    storage(namespace, "");
    connection(namespace, "secret", null);
    apply(
        namespace,
        """
        apiVersion: toolhive.stacklok.dev/v1beta1
        kind: MCPServer
        metadata: {name: fetch}
        spec: {image: example/mcp, sessionStorage: {provider: redis, address: "mine:6379"}}
        """);
    binding("fetch", "MCPServer", "storageRef: {name: shared}");
    eventually(
        () ->
            assertThat(condition("fetch", "Synced"))
                .startsWith(
                    "False ReconcileError create failed: spec.sessionStorage of MCPServer fetch is set by somebody else (user)"));
    assertThat(sessionStorage("MCPServer", "fetch")).containsEntry("address", "mine:6379");

    binding("fetch", "MCPServer", "storageRef: {name: shared}\n    force: true");

    eventually(
        () ->
            assertThat(sessionStorage("MCPServer", "fetch"))
                .containsEntry("address", "shared." + namespace + ".svc:6379"));
  }

  @Test
  void anotherNamespaceMustBeLetInAndMayBeShutOutAgain() {
    String other = KubeApi.namespace();
    storage(other, "elsewhere");
    connection(other, "secret", null);
    consumer("MCPServer", "fetch");
    binding("fetch", "MCPServer", "storageRef: {name: shared, namespace: %s}".formatted(other));
    eventually(
        () ->
            assertThat(condition("fetch", "Ready"))
                .startsWith("False Unavailable SessionStorage shared of namespace " + other));
    assertThat(sessionStorage("MCPServer", "fetch")).isNull();

    storage(other, namespace);
    eventually(() -> assertThat(condition("fetch", "Ready")).startsWith("True"));

    storage(other, "elsewhere");
    eventually(
        () -> {
          assertThat(sessionStorage("MCPServer", "fetch")).isNullOrEmpty();
          assertThat(client.secrets().inNamespace(namespace).list().getItems()).isEmpty();
          assertThat(condition("fetch", "Ready")).startsWith("False Unavailable");
        });
  }

  @Test
  void tlsIsSetWhereToolHiveHasIt() {
    storage(namespace, "");
    connection(namespace, "secret", "PEM");
    consumer("MCPServer", "fetch");
    binding("fetch", "MCPServer", "storageRef: {name: shared}");

    eventually(
        () ->
            assertThat(Objects.requireNonNullElse(sessionStorage("MCPServer", "fetch"), Map.of()))
                .containsEntry(
                    "tls",
                    Map.of("caCertSecretRef", Map.of("name", "fetch-session-1", "key", "ca.crt"))));
  }

  @Test
  void tlsThatToolHiveHasNotIsRefused() {
    storage(namespace, "");
    connection(namespace, "secret", "PEM");
    consumer("MCPRemoteProxy", "fetch");
    binding("fetch", "MCPRemoteProxy", "storageRef: {name: shared}");

    eventually(
        () ->
            assertThat(condition("fetch", "Ready"))
                .contains("speaks TLS only, and MCPRemoteProxy of the installed ToolHive has no"));
    assertThat(sessionStorage("MCPRemoteProxy", "fetch")).isNull();
  }

  private void serveV1beta1(boolean served) {
    client
        .apiextensions()
        .v1()
        .customResourceDefinitions()
        .withName("mcpservers.toolhive.stacklok.dev")
        .edit(
            crd -> {
              crd.getSpec().getVersions().stream()
                  .filter(it -> it.getName().equals("v1beta1"))
                  .forEach(it -> it.setServed(served));
              return crd;
            });
  }

  @Test
  void aToolHiveThatServesTheOlderVersionAloneWillDo() {
    serveV1beta1(false);
    try {
      storage(namespace, "");
      connection(namespace, "secret", null);
      consumer("v1alpha1", "MCPServer", "fetch");
      binding("fetch", "MCPServer", "storageRef: {name: shared}");
      eventually(() -> assertThat(condition("fetch", "Ready")).startsWith("True Available"));
    } finally {
      serveV1beta1(true);
    }

    eventually(
        () ->
            assertThat(Objects.requireNonNullElse(sessionStorage("MCPServer", "fetch"), Map.of()))
                .containsEntry("keyPrefix", "thv:proxy:session:%s:fetch:".formatted(namespace)));
  }
}
