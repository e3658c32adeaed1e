package io.sessionstorage.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.api.model.authentication.TokenRequest;
import io.fabric8.kubernetes.api.model.coordination.v1.Lease;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBindingBuilder;
import io.fabric8.kubernetes.api.model.rbac.ClusterRoleBuilder;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.sessionstorage.proto.changelogs.v1alpha1.ChangeLogEntry;
import io.sessionstorage.proto.changelogs.v1alpha1.OperationType;
import io.sessionstorage.provider.binding.Binding;
import io.sessionstorage.provider.changelogs.Sidecar;
import io.sessionstorage.provider.config.Api;
import io.sessionstorage.provider.config.ProviderConfigUsage;
import io.sessionstorage.provider.connection.Connection;
import io.sessionstorage.provider.managed.Condition;
import io.sessionstorage.provider.managed.ManagedResource;
import io.sessionstorage.provider.user.User;
import io.sessionstorage.testing.FaultServer;
import io.sessionstorage.testing.KubeApi;
import io.sessionstorage.testing.Requirement;
import io.sessionstorage.testing.ValkeyProcess;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Objects;
import org.awaitility.core.ThrowingRunnable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The provider as a process, against a real API server and a real Valkey. */
class ProviderTest {
  private static final String BINDINGS = "binding.valkey.m.toolhive.stacklok.dev";

  /** Classes; of the others of gRPC and protobuf the command line itself loads a few. */
  private static final String[] OF_CHANGE_LOGS = {
    "io.sessionstorage.provider.changelogs.",
    "io.sessionstorage.proto.changelogs.",
    "io.grpc.netty.",
    "io.grpc.stub."
  };

  private static final OperationType CREATED = OperationType.OPERATION_TYPE_CREATE;
  private static final OperationType UPDATED = OperationType.OPERATION_TYPE_UPDATE;
  private static final OperationType DELETED = OperationType.OPERATION_TYPE_DELETE;

  @TempDir private Path directory;

  @SuppressWarnings("NullAway.Init") // before each test
  private KubernetesClient client;

  @SuppressWarnings("NullAway.Init") // before each test
  private String namespace;

  @SuppressWarnings("NullAway.Init") // before each test
  @AutoClose
  private ValkeyProcess valkey;

  @BeforeEach
  void start() throws Exception {
    client = KubeApi.client();
    Crds.kinds().forEach(kind -> KubeApi.install(Crds.definition(kind)));
    namespace = KubeApi.namespace();
    valkey = ValkeyProcess.start(directory);
  }

  private void apply(String yaml) {
    HasMetadata object = client.getKubernetesSerialization().unmarshal(yaml);
    client.resource(object).inNamespace(namespace).create();
  }

  private void config(String name, int port) {
    apply(
        """
        apiVersion: valkey.m.toolhive.stacklok.dev/v1alpha1
        kind: ProviderConfig
        metadata: {name: %s}
        spec: {endpoint: "redis://127.0.0.1:%d"}
        """
            .formatted(name, port));
  }

  private void connection(String name, String config) {
    apply(
        """
        apiVersion: valkey.m.toolhive.stacklok.dev/v1alpha1
        kind: Connection
        metadata: {name: %s}
        spec: {forProvider: {}, providerConfigRef: {kind: ProviderConfig, name: %s}}
        """
            .formatted(name, config));
  }

  private String synced(String name) {
    return synced(client.resources(Connection.class).inNamespace(namespace).withName(name).get());
  }

  private static String synced(ManagedResource<?, ?> resource) {
    var status = resource.getStatus();
    List<Condition> conditions = status == null ? null : status.conditions();
    return Objects.requireNonNullElse(conditions, List.<Condition>of()).stream()
        .filter(it -> it.type().equals("Synced"))
        .map(it -> it.status() + " " + it.reason())
        .findFirst()
        .orElse("");
  }

  private static void eventually(ThrowingRunnable assertion) {
    await().atMost(Duration.ofMinutes(1)).untilAsserted(assertion);
  }

  private String kubeconfig(@Nullable String token) {
    Config config = client.getConfiguration();
    String user =
        token == null
            ? "{client-certificate: %s, client-key: %s}"
                .formatted(config.getClientCertFile(), config.getClientKeyFile())
            : "{token: %s}".formatted(token);
    return """
        apiVersion: v1
        kind: Config
        current-context: test
        contexts: [{name: test, context: {cluster: test, user: test}}]
        clusters: [{name: test, cluster: {server: "%s", certificate-authority: %s}}]
        users: [{name: test, user: %s}]
        """
        .formatted(config.getMasterUrl(), config.getCaCertFile(), user);
  }

  private String serviceAccountToken() {
    client
        .resource(
            new ServiceAccountBuilder()
                .withNewMetadata()
                .withName("provider")
                .withNamespace(namespace)
                .endMetadata()
                .build())
        .create();
    TokenRequest token =
        client.serviceAccounts().inNamespace(namespace).withName("provider").tokenRequest();
    return token.getStatus().getToken();
  }

  private void allow(String role) {
    client
        .resource(
            new ClusterRoleBindingBuilder()
                .withNewMetadata()
                .withName(namespace)
                .endMetadata()
                .withNewRoleRef("rbac.authorization.k8s.io", "ClusterRole", role)
                .addNewSubject("", "ServiceAccount", "provider", namespace)
                .build())
        .create();
  }

  private static String holder(@Nullable Lease lease) {
    return lease == null || lease.getSpec().getHolderIdentity() == null
        ? ""
        : lease.getSpec().getHolderIdentity().replaceAll("_.*", "");
  }

  private @Nullable Lease lease() {
    return client
        .leases()
        .inNamespace("default")
        .withName("crossplane-leader-election-provider-" + directory.getFileName())
        .get();
  }

  private String leader() {
    return holder(lease());
  }

  @Test
  @Requirement(
      "Core: a provider's rights may arrive after it has started; until then it is refused, and waits")
  void waitsForItsRights() {
    config("valkey", valkey.port());
    connection("one", "valkey");
    try (ProviderProcess provider =
        new ProviderProcess(directory, "one", kubeconfig(serviceAccountToken()))) {
      eventually(() -> assertThat(provider.log()).contains("waiting for the right to read"));
      assertThat(provider.runs()).isTrue();

      allow("cluster-admin");

      eventually(
          () -> assertThat(synced("one")).as(provider.log()).isEqualTo("True ReconcileSuccess"));
    }
  }

  @Test
  @Requirement(
      "Provider template: --leader-election: of several replicas one works, the one with Lease crossplane-leader-election-PROVIDER, and another one when it ends")
  void oneReplicaWorksAndTheOtherOneAfterIt() throws Exception {
    config("valkey", valkey.port());
    try (ProviderProcess one =
        new ProviderProcess(directory, "one", kubeconfig(null), "--leader-election")) {
      eventually(() -> assertThat(leader()).isEqualTo("one"));
      assertThat(Objects.requireNonNull(lease()).getSpec().getLeaseDurationSeconds()).isEqualTo(60);
      try (ProviderProcess two =
          new ProviderProcess(directory, "two", kubeconfig(null), "--leader-election")) {
        connection("first", "valkey");
        eventually(() -> assertThat(synced("first")).isEqualTo("True ReconcileSuccess"));
        assertThat(two.log()).doesNotContain("\"started\"");

        one.terminate();
        assertThat(leader()).as(one.log()).isNotEqualTo("one");

        eventually(() -> assertThat(leader()).as(two.log()).isEqualTo("two"));
        connection("second", "valkey");
        eventually(() -> assertThat(synced("second")).isEqualTo("True ReconcileSuccess"));
      }
    }
  }

  @Test
  @Requirement(
      "Core: a provider that is told to stop ends in time, also in the midst of a reconcile")
  void endsInTimeThoughAServerDoesNotAnswer() throws Exception {
    try (FaultServer server = FaultServer.start(FaultServer.silent());
        ProviderProcess provider = new ProviderProcess(directory, "one", kubeconfig(null))) {
      config("silent", server.port());
      connection("one", "silent");
      eventually(() -> assertThat(server.accepted()).isPositive());

      int code = provider.terminate();

      assertThat(code).as(provider.log()).isIn(0, 128 + 15);
      assertThat(provider.log()).doesNotContain("a bug in the provider", "\"ERROR\"");
    }
  }

  @Test
  @Requirement(
      "Core: safe-start: a kind's controller starts when its definition is there, and the others do not wait for it")
  void startsAKindWhenItsDefinitionIsThere() {
    CustomResourceDefinition bindings = Crds.definition(Binding.class);
    // Those of other tests have no provider any more that would let them go.
    client
        .resources(Binding.class)
        .inAnyNamespace()
        .list()
        .getItems()
        .forEach(binding -> client.resource(binding).edit(ProviderTest::withoutFinalizers));
    client.resource(bindings).delete();
    eventually(() -> assertThat(client.resource(bindings).get()).isNull());
    try (ProviderProcess provider = new ProviderProcess(directory, "one", kubeconfig(null))) {
      config("valkey", valkey.port());
      connection("one", "valkey");
      eventually(
          () -> assertThat(synced("one")).as(provider.log()).isEqualTo("True ReconcileSuccess"));
      assertThat(provider.log()).doesNotContain(BINDINGS);

      KubeApi.install(bindings);

      eventually(() -> assertThat(provider.log()).contains(BINDINGS));
      assertThat(provider.runs()).isTrue();
    } finally {
      KubeApi.install(bindings);
    }
  }

  @Test
  @Requirement(
      "Provider template: --enable-changelogs: what is created, updated and deleted is told to the sidecar that listens at --changelogs-socket-path, and no password is")
  void tellsTheSidecarWhatBecomesOfAUser() throws Exception {
    Path socket = directory.resolve("changelogs.sock");
    config("valkey", valkey.port());
    try (Sidecar sidecar = Sidecar.start(socket);
        ProviderProcess provider = withChangeLogs(socket)) {
      user();
      eventually(() -> assertThat(operations(sidecar)).as(provider.log()).containsExactly(CREATED));
      eventually(() -> assertThat(password()).isNotEmpty());
      String password = password();

      users()
          .patch(
              PatchContext.of(PatchType.JSON_MERGE),
              """
              {"spec": {"forProvider": {"keyPrefixes": ["b:"]}}}
              """);
      eventually(
          () ->
              assertThat(operations(sidecar)).as(provider.log()).containsExactly(CREATED, UPDATED));
      users().delete();
      eventually(
          () ->
              assertThat(operations(sidecar))
                  .as(provider.log())
                  .containsExactly(CREATED, UPDATED, DELETED));

      assertThat(sidecar.entries())
          .allSatisfy(
              entry -> {
                assertThat(entry.getProvider()).startsWith("provider-valkey:");
                assertThat(entry.getApiVersion())
                    .isEqualTo("valkey.m.toolhive.stacklok.dev/v1alpha1");
                assertThat(entry.getKind()).isEqualTo("User");
                assertThat(entry.getName()).isEqualTo("sessions");
                assertThat(entry.getExternalName()).isEqualTo("sessions");
                assertThat(entry.hasErrorMessage()).isFalse();
                assertThat(entry.getSnapshot().getFieldsMap())
                    .containsKeys("apiVersion", "kind", "metadata", "spec", "status");
              });
      assertThat(provider.classes()).contains(OF_CHANGE_LOGS);
      assertThat(sidecar.entries().toString()).contains("published").doesNotContain(password);
      assertThat(provider.log()).doesNotContain("\"WARN\"", "\"ERROR\"");
    }
  }

  @Test
  @Requirement(
      "Runtime: a change log that does not answer is noted in the provider's log, and the reconcile goes on")
  void goesOnThoughTheSidecarDoesNotAnswer() throws Exception {
    Path socket = directory.resolve("changelogs.sock");
    config("valkey", valkey.port());
    try (Sidecar sidecar = Sidecar.silent(socket);
        ProviderProcess provider = withChangeLogs(socket)) {
      user();

      eventually(
          () ->
              assertThat(provider.log())
                  .contains("cannot record change log entry", "DEADLINE_EXCEEDED"));
      eventually(
          () ->
              assertThat(synced(users().get()))
                  .as(provider.log())
                  .isEqualTo("True ReconcileSuccess"));
      assertThat(operations(sidecar)).containsExactly(CREATED);
    }
  }

  private ProviderProcess withChangeLogs(Path socket) {
    return new ProviderProcess(
        directory,
        "one",
        kubeconfig(null),
        "--enable-changelogs",
        "--changelogs-socket-path=" + socket);
  }

  private void user() {
    apply(
        """
        apiVersion: valkey.m.toolhive.stacklok.dev/v1alpha1
        kind: User
        metadata: {name: sessions}
        spec:
          forProvider: {keyPrefixes: ["a:"], commands: ["+get"]}
          providerConfigRef: {kind: ProviderConfig, name: valkey}
          writeConnectionSecretToRef: {name: published}
        """);
  }

  private static List<OperationType> operations(Sidecar sidecar) {
    return sidecar.entries().stream().map(ChangeLogEntry::getOperation).toList();
  }

  private Resource<User> users() {
    return client.resources(User.class).inNamespace(namespace).withName("sessions");
  }

  private String password() {
    Secret secret = client.secrets().inNamespace(namespace).withName("published").get();
    return secret == null || secret.getData() == null
        ? ""
        : new String(
            Base64.getDecoder().decode(secret.getData().getOrDefault("password", "")),
            StandardCharsets.UTF_8);
  }

  @Test
  void loadsNothingOfChangeLogsUnlessTheyAreEnabled() {
    config("valkey", valkey.port());
    connection("one", "valkey");
    try (ProviderProcess provider = new ProviderProcess(directory, "one", kubeconfig(null))) {
      eventually(
          () -> assertThat(synced("one")).as(provider.log()).isEqualTo("True ReconcileSuccess"));

      assertThat(provider.classes())
          .contains("io.sessionstorage.provider.managed.ChangeLog")
          .doesNotContain(OF_CHANGE_LOGS);
    }
  }

  private static Binding withoutFinalizers(Binding binding) {
    binding.getMetadata().setFinalizers(List.of());
    return binding;
  }

  /** As Crossplane's RBAC manager does, but for listing and watching Secrets. */
  private void allowWhatCrossplaneGrants() {
    // @formatter:off
    client.resource(new ClusterRoleBuilder()
        .withNewMetadata().withName(namespace).endMetadata()
        .addNewRule()
          .withApiGroups(Api.GROUP)
          .withResources("*")
          .withVerbs("get", "list", "watch", "update", "patch", "create")
        .endRule()
        .addNewRule()
          .withApiGroups("")
          .withResources("secrets")
          .withVerbs("get", "update", "patch", "create")
        .endRule()
        .addNewRule()
          .withApiGroups("")
          .withResources("events")
          .withVerbs("update", "patch", "create")
        .endRule()
        .build()).create();
    // @formatter:on
    allow(namespace);
  }

  @Test
  @Requirement(
      "Core: the provider does with the rights that Crossplane grants: it deletes none of its objects, and neither lists nor watches Secrets")
  void doesWithTheRightsThatCrossplaneGrants() {
    allowWhatCrossplaneGrants();
    config("valkey", valkey.port());
    apply(
        """
        apiVersion: valkey.m.toolhive.stacklok.dev/v1alpha1
        kind: Connection
        metadata: {name: one}
        spec:
          forProvider: {}
          providerConfigRef: {kind: ProviderConfig, name: valkey}
          writeConnectionSecretToRef: {name: published}
        """);
    try (ProviderProcess provider =
        new ProviderProcess(directory, "one", kubeconfig(serviceAccountToken()))) {
      eventually(
          () -> assertThat(synced("one")).as(provider.log()).isEqualTo("True ReconcileSuccess"));
      assertThat(client.secrets().inNamespace(namespace).withName("published").get().getData())
          .containsKey("host");

      client.resources(Connection.class).inNamespace(namespace).delete();

      eventually(
          () ->
              assertThat(
                      client.resources(Connection.class).inNamespace(namespace).list().getItems())
                  .as(provider.log())
                  .isEmpty());
      // So that garbage collection may have it.
      eventually(
          () ->
              assertThat(
                      client
                          .resources(ProviderConfigUsage.class)
                          .inNamespace(namespace)
                          .list()
                          .getItems())
                  .singleElement()
                  .satisfies(it -> assertThat(it.getFinalizers()).isEmpty()));
      // Usages that other tests have left are of a kind that no provider has rights to.
      assertThat(provider.log().lines())
          .filteredOn(line -> !line.contains("test.example.org"))
          .noneMatch(line -> line.contains("forbidden"));
    }
  }
}
