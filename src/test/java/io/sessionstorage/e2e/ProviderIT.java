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

  private static Resource<GenericKubernetesResource> binding(String in) {
    return at(GROUP, "v1alpha1", "Binding", "bindings", in, "fetch");
  }

  private static Resource<GenericKubernetesResource> connection(String in) {
    return at(GROUP, "v1alpha1", "Connection", "connections", in, "external");
  }

  private static Resource<GenericKubernetesResource> config(String in) {
    return at(GROUP, "v1alpha1", "ProviderConfig", "providerconfigs", in, "external");
  }

  private static Resource<GenericKubernetesResource> server(String in) {
    return at("toolhive.stacklok.dev", "v1beta1", "MCPServer", "mcpservers", in, "fetch");
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

  private void consumer(String in) {
    apply(
        in,
        """
        apiVersion: toolhive.stacklok.dev/v1beta1
        kind: MCPServer
        metadata: {name: fetch}
        spec: {image: example/mcp}
        """);
  }

  private void bind(String in, String reference) {
    apply(
        in,
        """
        apiVersion: %s/v1alpha1
        kind: Binding
        metadata: {name: fetch}
        spec:
          forProvider:
            consumer: {kind: MCPServer, name: fetch}
            %s
        """
            .formatted(GROUP, reference));
    eventually(() -> assertThat(condition(binding(in), "Ready")).startsWith("True"));
  }

  private static Object sessionStorage(String in) {
    return Objects.requireNonNullElse(
        Objects.requireNonNull(server(in).get()).get("spec", "sessionStorage"), Map.of());
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
  void anMcpServerUsesAStoreUntilTheBindingGoes() {
    try (TestNamespace own = new TestNamespace("binding")) {
      own.store("shared").apply("{size: small}").awaitReady();
      consumer(own.name());
      bind(own.name(), "storageRef: {name: shared}");
      assertThat(sessionStorage(own.name()).toString())
          .contains("thv:proxy:session:" + own.name() + ":fetch:");

      binding(own.name()).delete();

      eventually(() -> assertThat(binding(own.name()).get()).isNull());
      assertThat(sessionStorage(own.name())).isEqualTo(Map.of());
    }
  }

  @Test
  void aNamespaceGoesWithEverythingInIt() {
    TestNamespace own = new TestNamespace("gone");
    external(own.name());
    consumer(own.name());
    bind(own.name(), "connectionRef: {name: external}");

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
