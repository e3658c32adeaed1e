package io.sessionstorage.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The provider where Crossplane runs it. */
@ResourceLock(value = Installation.LOCK, mode = ResourceAccessMode.READ)
@TestInstance(Lifecycle.PER_CLASS)
class ProviderIT {
  private static final String GROUP = "valkey.m.toolhive.stacklok.dev";

  /** ToolHive's kinds that have sessions, each with the part of its prefix that tells it. */
  private record Kind(String name, String plural, String part) {}

  private static final Kind SERVER = new Kind("MCPServer", "mcpservers", "proxy");
  private static final List<Kind> KINDS =
      List.of(
          SERVER,
          new Kind("MCPRemoteProxy", "mcpremoteproxies", "proxy"),
          new Kind("VirtualMCPServer", "virtualmcpservers", "vmcp"));

  @AutoClose private final TestNamespace namespace = namespace();

  private static TestNamespace namespace() {
    Installation.NAMESPACED.require();
    Shell.run("kubectl apply -f src/test/resources/toolhive/crds.yaml", Map.of());
    return new TestNamespace("provider");
  }

  private void apply(String in, String yaml) {
    HasMetadata object = Cluster.CLIENT.getKubernetesSerialization().unmarshal(yaml);
    Cluster.CLIENT
        .resource(object)
        .inNamespace(in)
        .fieldManager("e2e")
        .forceConflicts()
        .serverSideApply();
  }

  private static Resource<GenericKubernetesResource> at(
      String group, String version, String kind, String plural, String in, String name) {
    return Cluster.namespaced(group, version, kind, plural).inNamespace(in).withName(name);
  }

  private static Resource<GenericKubernetesResource> binding(String in, Kind kind) {
    return at(GROUP, "v1alpha1", "Binding", "bindings", in, kind.plural());
  }

  private static Resource<GenericKubernetesResource> connection(String in) {
    return at(GROUP, "v1alpha1", "Connection", "connections", in, "external");
  }

  private static Resource<GenericKubernetesResource> config(String in) {
    return at(GROUP, "v1alpha1", "ProviderConfig", "providerconfigs", in, "external");
  }

  private static Resource<GenericKubernetesResource> server(String in, Kind kind) {
    return at("toolhive.stacklok.dev", "v1beta1", kind.name(), kind.plural(), in, "fetch");
  }

  private static String condition(Resource<GenericKubernetesResource> resource, String type) {
    List<Map<String, Object>> conditions =
        Optional.ofNullable(resource.get())
            .map(it -> it.<List<Map<String, Object>>>get("status", "conditions"))
            .orElse(List.of());
    return conditions.stream()
        .filter(it -> type.equals(it.get("type")))
        .map(it -> "%s %s %s".formatted(it.get("status"), it.get("reason"), it.get("message")))
        .findFirst()
        .orElse("");
  }

  private static void eventually(ThrowingRunnable assertion) {
    await().atMost(Duration.ofMinutes(2)).untilAsserted(assertion);
  }

  private void external(String in) {
    apply(
        in,
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: external, labels: {app: external}}
        spec:
          automountServiceAccountToken: false
          terminationGracePeriodSeconds: 1
          securityContext: {runAsNonRoot: true, runAsUser: 999, seccompProfile: {type: RuntimeDefault}}
          containers:
            - name: valkey
              image: docker.io/valkey/valkey:9.1.2
              command: [valkey-server, --requirepass, for-tests-only, --save, ""]
              securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
        """);
    apply(
        in,
        """
        apiVersion: v1
        kind: Service
        metadata: {name: external}
        spec: {selector: {app: external}, ports: [{port: 6379}]}
        """);
    apply(
        in,
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: login}
        stringData: {password: for-tests-only}
        """);
    apply(
        in,
        """
        apiVersion: %s/v1alpha1
        kind: ProviderConfig
        metadata: {name: external}
        spec:
          endpoint: redis://external.%s.svc:6379
          credentials: {source: Secret, secretRef: {name: login}}
        """
            .formatted(GROUP, in));
    apply(
        in,
        """
        apiVersion: %s/v1alpha1
        kind: Connection
        metadata: {name: external}
        spec:
          forProvider: {}
          providerConfigRef: {kind: ProviderConfig, name: external}
          writeConnectionSecretToRef: {name: external-connection}
        """
            .formatted(GROUP));
    eventually(() -> assertThat(condition(connection(in), "Ready")).startsWith("True"));
  }

  private void consumer(String in, Kind kind) {
    apply(
        in,
        """
        apiVersion: toolhive.stacklok.dev/v1beta1
        kind: %s
        metadata: {name: fetch}
        spec: {replicas: 1}
        """
            .formatted(kind.name()));
  }

  private void bind(String in, Kind kind, String reference) {
    apply(
        in,
        """
        apiVersion: %s/v1alpha1
        kind: Binding
        metadata: {name: %s}
        spec:
          forProvider:
            consumer: {kind: %s, name: fetch}
            %s
        """
            .formatted(GROUP, kind.plural(), kind.name(), reference));
    eventually(() -> assertThat(condition(binding(in, kind), "Ready")).startsWith("True"));
  }

  private static Object sessionStorage(String in, Kind kind) {
    return Objects.requireNonNullElse(
        Objects.requireNonNull(server(in, kind).get()).get("spec", "sessionStorage"), Map.of());
  }

  @Test
  void anExternalStoreIsCheckedAndItsConfigStaysWhileItIsInUse() {
    String in = namespace.name();
    external(in);
    assertThat(
            Cluster.CLIENT
                .secrets()
                .inNamespace(in)
                .withName("external-connection")
                .get()
                .getData())
        .containsKeys("host", "port", "password", "uri");

    config(in).delete();
    eventually(() -> assertThat(condition(config(in), "Terminating")).startsWith("True InUse"));

    connection(in).delete();
    eventually(() -> assertThat(connection(in).get()).isNull());
    eventually(() -> assertThat(config(in).get()).isNull());
  }

  @Test
  void everyKindOfConsumerUsesAStoreUntilItsBindingGoes() {
    try (TestNamespace own = new TestNamespace("binding")) {
      String in = own.name();
      own.store("shared").apply("{size: small}").awaitReady();
      for (Kind kind : KINDS) {
        consumer(in, kind);
        bind(in, kind, "storageRef: {name: shared}");
        assertThat(sessionStorage(in, kind).toString())
            .contains("thv:%s:session:%s:fetch:".formatted(kind.part(), in));
      }

      for (Kind kind : KINDS) {
        binding(in, kind).delete();
        eventually(() -> assertThat(binding(in, kind).get()).isNull());
        assertThat(sessionStorage(in, kind)).as(kind.name()).isEqualTo(Map.of());
      }
    }
  }

  @Test
  void aNamespaceGoesWithEverythingInIt() {
    TestNamespace own = new TestNamespace("gone");
    external(own.name());
    consumer(own.name(), SERVER);
    bind(own.name(), SERVER, "connectionRef: {name: external}");

    own.close();

    await()
        .atMost(Duration.ofMinutes(3))
        .untilAsserted(
            () ->
                assertThat(Cluster.CLIENT.namespaces().withName(own.name()).get())
                    .as("%s", Cluster.CLIENT.namespaces().withName(own.name()).get())
                    .isNull());
  }
}
