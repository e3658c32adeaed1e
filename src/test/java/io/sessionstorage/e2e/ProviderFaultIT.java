package io.sessionstorage.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodList;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.dsl.FilterWatchListDeletable;
import io.fabric8.kubernetes.client.dsl.PodResource;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import io.fabric8.kubernetes.client.readiness.Readiness;
import io.sessionstorage.testing.Programs;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;
import java.util.function.BooleanSupplier;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.awaitility.core.ThrowingRunnable;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Users of a server of another namespace, while the provider and what it needs comes and goes. */
@ResourceLock(Installation.LOCK)
@TestInstance(Lifecycle.PER_CLASS)
class ProviderFaultIT {
  private static final String API = "valkey.m.toolhive.stacklok.dev/v1alpha1";
  private static final String PASSWORD = "for-tests-only";
  private static final Map<String, String> PROVIDER =
      Map.of("pkg.crossplane.io/provider", "provider-valkey");

  private static final List<String> KINDS = List.of("User", "Connection", "Binding");

  @AutoClose private final TestNamespace stores = namespace();

  private static TestNamespace namespace() {
    Installation.NAMESPACED.require();
    return new TestNamespace("server");
  }

  @BeforeAll
  void server() {
    apply(
        stores,
        """
        apiVersion: v1
        kind: Pod
        metadata: {name: server, labels: {app: server}}
        spec:
          automountServiceAccountToken: false
          terminationGracePeriodSeconds: 1
          securityContext: {runAsNonRoot: true, runAsUser: 999, seccompProfile: {type: RuntimeDefault}}
          containers:
            - name: valkey
              image: docker.io/valkey/valkey:9.1.2
              command: [valkey-server, --requirepass, %s, --save, ""]
              securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
        """
            .formatted(PASSWORD));
    apply(
        stores,
        """
        apiVersion: v1
        kind: Service
        metadata: {name: server}
        spec: {selector: {app: server}, ports: [{port: 6379}]}
        """);
    Cluster.CLIENT
        .pods()
        .inNamespace(stores.name())
        .withName("server")
        .waitUntilReady(2, TimeUnit.MINUTES);
  }

  /** A provider that starts anew cannot end users whose Secrets have gone with their namespace. */
  @BeforeEach
  void otherNamespacesHaveEnded() {
    await("the end of other tests' namespaces")
        .atMost(Duration.ofMinutes(6))
        .until(
            () ->
                Cluster.CLIENT.namespaces().list().getItems().stream()
                    .allMatch(it -> it.getMetadata().getDeletionTimestamp() == null));
  }

  private static void apply(TestNamespace in, String yaml) {
    HasMetadata object = Cluster.CLIENT.getKubernetesSerialization().unmarshal(yaml);
    Cluster.CLIENT
        .resource(object)
        .inNamespace(in.name())
        .fieldManager("e2e")
        .forceConflicts()
        .serverSideApply();
  }

  private void config(TestNamespace in) {
    apply(
        in,
        """
        apiVersion: v1
        kind: Secret
        metadata: {name: login}
        stringData: {password: %s}
        """
            .formatted(PASSWORD));
    apply(
        in,
        """
        apiVersion: %s
        kind: ProviderConfig
        metadata: {name: server}
        spec:
          endpoint: redis://server.%s.svc:6379
          credentials: {source: Secret, secretRef: {name: login}}
        """
            .formatted(API, stores.name()));
  }

  private static void user(TestNamespace in, String name, String more) {
    apply(
        in,
        """
        apiVersion: %s
        kind: User
        metadata: {name: %s}
        spec:
          forProvider: {preset: toolhive-session, keyPrefixes: ["thv:%2$s:"]%3$s}
          providerConfigRef: {kind: ProviderConfig, name: server}
          writeConnectionSecretToRef: {name: %2$s}
        """
            .formatted(API, name, more));
  }

  private static void connection(TestNamespace in, String name) {
    apply(
        in,
        """
        apiVersion: %s
        kind: Connection
        metadata: {name: %s}
        spec:
          forProvider: {}
          providerConfigRef: {kind: ProviderConfig, name: server}
          writeConnectionSecretToRef: {name: %2$s-connection}
        """
            .formatted(API, name));
  }

  /** An MCP server that uses the store behind Connection {@code shared}. */
  private static void binding(TestNamespace in, String name) {
    apply(
        in,
        """
        apiVersion: toolhive.stacklok.dev/v1beta1
        kind: MCPServer
        metadata: {name: %s}
        spec: {image: example/mcp}
        """
            .formatted(name));
    apply(
        in,
        """
        apiVersion: %s
        kind: Binding
        metadata: {name: %s}
        spec:
          forProvider:
            consumer: {kind: MCPServer, name: %2$s}
            connectionRef: {name: shared}
        """
            .formatted(API, name));
  }

  private static Resource<GenericKubernetesResource> at(
      String kind, TestNamespace in, String name) {
    return Cluster.CLIENT
        .genericKubernetesResources(API, kind)
        .inNamespace(in.name())
        .withName(name);
  }

  private static String ready(String kind, TestNamespace in, String name) {
    GenericKubernetesResource found = at(kind, in, name).get();
    List<Map<String, Object>> conditions =
        Optional.ofNullable(found.<List<Map<String, Object>>>get("status", "conditions"))
            .orElse(List.of());
    return conditions.stream()
        .filter(it -> "Ready".equals(it.get("type")))
        .map(it -> String.valueOf(it.get("status")))
        .findFirst()
        .orElse("");
  }

  private static void awaitReady(TestNamespace in, String user) {
    awaitReady("User", in, user);
  }

  private static void awaitReady(String kind, TestNamespace in, String name) {
    eventually(() -> assertThat(ready(kind, in, name)).as("%s %s", kind, name).isEqualTo("True"));
  }

  private static void awaitGone(String kind, TestNamespace in, String name) {
    eventually(() -> assertThat(at(kind, in, name).get()).as("%s %s", kind, name).isNull());
  }

  private static void eventually(ThrowingRunnable assertion) {
    await().atMost(Duration.ofMinutes(2)).untilAsserted(assertion);
  }

  private static String password(TestNamespace in, String user) {
    Secret secret = Cluster.CLIENT.secrets().inNamespace(in.name()).withName(user).get();
    return new String(
        Base64.getDecoder().decode(Objects.requireNonNull(secret).getData().get("password")),
        StandardCharsets.UTF_8);
  }

  private String login(String user, String password) {
    return Pods.exec(
            stores.name(),
            "server",
            "valkey",
            "valkey-cli",
            "--no-auth-warning",
            "--user",
            user,
            "-a",
            password,
            "PING")
        .text();
  }

  private String users() {
    return Pods.exec(
            stores.name(),
            "server",
            "valkey",
            "valkey-cli",
            "--no-auth-warning",
            "-a",
            PASSWORD,
            "ACL",
            "USERS")
        .text();
  }

  private static FilterWatchListDeletable<Pod, PodList, PodResource> provider() {
    return Cluster.CLIENT.pods().inNamespace("crossplane-system").withLabels(PROVIDER);
  }

  private static void killProvider() {
    provider().withGracePeriod(0).delete();
  }

  /** Whether other pods than these are at work, and these have ended. */
  private static boolean replaced(List<Pod> before) {
    List<String> old = before.stream().map(it -> it.getMetadata().getUid()).toList();
    List<Pod> now = provider().list().getItems();
    return !now.isEmpty()
        && now.stream()
            .allMatch(it -> !old.contains(it.getMetadata().getUid()) && Readiness.isPodReady(it));
  }

  /** How many pods Crossplane runs; null: as many as it likes. */
  private static void scaleProvider(@Nullable Integer replicas) {
    Cluster.clusterScoped(
            "pkg.crossplane.io", "v1beta1", "DeploymentRuntimeConfig", "deploymentruntimeconfigs")
        .withName("provider-valkey")
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            "{\"spec\": {\"deploymentTemplate\": {\"spec\": {\"replicas\": %s}}}}"
                .formatted(replicas));
  }

  @Test
  void aProviderThatIsKilledAgainAndAgainMakesEveryUserOnce() {
    try (TestNamespace own = new TestNamespace("killed")) {
      config(own);
      List<String> names = IntStream.range(0, 12).mapToObj(i -> "killed-" + i).toList();
      for (String name : names) {
        user(own, name, "");
        if (name.endsWith("3") || name.endsWith("7")) {
          killProvider();
        }
      }

      names.forEach(name -> awaitReady(own, name));

      for (String name : names) {
        assertThat(login(name, password(own, name))).as(name).isEqualTo("PONG");
      }
      killProvider();
      names.forEach(name -> at("User", own, name).delete());
      names.forEach(name -> eventually(() -> assertThat(at("User", own, name).get()).isNull()));
      assertThat(users()).doesNotContain("killed-");
    }
  }

  @Test
  void theProviderConfigMayBeDeletedFirst() {
    try (TestNamespace own = new TestNamespace("config-first")) {
      config(own);
      user(own, "config-first", "");
      awaitReady(own, "config-first");

      at("ProviderConfig", own, "server").delete();
      at("User", own, "config-first").delete();

      eventually(() -> assertThat(at("ProviderConfig", own, "server").get()).isNull());
      assertThat(at("User", own, "config-first").get()).isNull();
      assertThat(users()).doesNotContain("config-first");
    }
  }

  @Test
  void theSecretMayBeDeletedFirst() {
    try (TestNamespace own = new TestNamespace("secret-first")) {
      config(own);
      user(own, "secret-first", "");
      awaitReady(own, "secret-first");

      Cluster.CLIENT.secrets().inNamespace(own.name()).withName("login").delete();
      at("User", own, "secret-first").delete();

      eventually(() -> assertThat(at("User", own, "secret-first").get()).isNull());
      assertThat(users()).doesNotContain("secret-first");
    }
  }

  @Test
  void aNamespaceTakesItsUsersWithIt() {
    TestNamespace own = new TestNamespace("gone");
    config(own);
    user(own, "gone", "");
    awaitReady(own, "gone");

    own.close();

    eventually(() -> assertThat(Cluster.CLIENT.namespaces().withName(own.name()).get()).isNull());
    assertThat(users().lines()).doesNotContain("gone");
  }

  @Test
  void aRotationNeverFailsAClientThatReadsTheSecret() {
    try (TestNamespace own = new TestNamespace("rotated")) {
      config(own);
      user(own, "rotated", ", rotation: {trigger: a, overlap: 10s}");
      awaitReady(own, "rotated");
      String first = password(own, "rotated");

      user(own, "rotated", ", rotation: {trigger: b, overlap: 10s}");
      await("the end of the old password")
          .atMost(Duration.ofMinutes(3))
          .until(
              () -> {
                String published = password(own, "rotated");
                // Whenever a client reads it.
                assertThat(login("rotated", published)).isEqualTo("PONG");
                return !published.equals(first) && login("rotated", first).contains("WRONGPASS");
              });
    }
  }

  @Test
  void whatIsAskedOfAStoppedProviderIsDoneWhenItIsBack() {
    try (TestNamespace own = new TestNamespace("stopped")) {
      config(own);
      user(own, "stopped", "");
      connection(own, "stopped");
      awaitReady(own, "stopped");
      awaitReady("Connection", own, "stopped");

      scaleProvider(0);
      try {
        eventually(() -> assertThat(provider().list().getItems()).isEmpty());
        at("ProviderConfig", own, "server").delete();
        at("User", own, "stopped").delete();
        at("Connection", own, "stopped").delete();
        assertThat(at("User", own, "stopped").get()).as("nobody has ended it").isNotNull();
        assertThat(users().lines()).contains("stopped");
      } finally {
        scaleProvider(null);
      }

      awaitGone("User", own, "stopped");
      awaitGone("Connection", own, "stopped");
      awaitGone("ProviderConfig", own, "server");
      assertThat(users().lines()).doesNotContain("stopped");
    }
  }

  /** Things are made, rotated and deleted the whole time, so each of these is being done then. */
  @Test
  void anUpgradeInTheMiddleOfEveryStepIsNotNoticed() {
    Programs.require("crossplane");
    Shell.run("kubectl apply -f src/test/resources/toolhive/crds.yaml", Map.of());
    try (TestNamespace own = new TestNamespace("upgraded")) {
      config(own);
      connection(own, "shared");
      awaitReady("Connection", own, "shared");
      Work work = new Work(own);
      String next = Packages.nextProvider();
      List<Pod> old = provider().list().getItems();
      // Not in the common pool, where it would hold up the client of Kubernetes.
      CompletableFuture<String> upgrade =
          CompletableFuture.supplyAsync(
              () -> Guide.run(Map.of("VERSION", next), "Install the provider"),
              Thread.ofVirtual()::start);
      try {
        work.until("the new package is at work", () -> replaced(old));
        upgrade.join();
        int before = work.rotations();
        work.until("a rotation by the new package", () -> work.rotations() > before + 1);
        work.awaitDone();
        work.deleteAll();
      } finally {
        Guide.run("Install the provider");
      }
      work.awaitGone();
      awaitGone("User", own, "rotated");
    }
  }

  /** What a team does with the provider, one round after the other. */
  private final class Work {
    private static final int KEPT = 5;

    private final TestNamespace own;
    private final Set<String> kept = new LinkedHashSet<>();
    private final Set<String> deleted = new LinkedHashSet<>();
    private String rotated = "";
    private int made;
    private int rotations;

    Work(TestNamespace own) {
      this.own = own;
      user(own, "rotated", ", rotation: {trigger: '0'}");
      awaitReady(own, "rotated");
      IntStream.range(0, KEPT).forEach(i -> make());
      awaitReadyAll();
    }

    /** No round may fail: a user would notice. */
    void until(String condition, BooleanSupplier reached) {
      await(condition)
          .atMost(Duration.ofMinutes(3))
          .pollInterval(Duration.ofMillis(200))
          .ignoreNoExceptions()
          .until(
              () -> {
                round();
                return reached.getAsBoolean();
              });
    }

    private void round() {
      make();
      delete(kept.iterator().next());
      String published = password(own, "rotated");
      // Whenever a client reads it.
      assertThat(login("rotated", published)).as("after %d", made).isEqualTo("PONG");
      if (!published.equals(rotated)) {
        rotated = published;
        user(own, "rotated", ", rotation: {trigger: '%d'}".formatted(++rotations));
      }
    }

    private void make() {
      String name = "made-" + made++;
      kept.add(name);
      user(own, name, "");
      connection(own, name);
      binding(own, name);
    }

    private void delete(String name) {
      kept.remove(name);
      deleted.add(name);
      KINDS.forEach(kind -> at(kind, own, name).delete());
    }

    /** How often a new password was asked for, each time when the one before was published. */
    int rotations() {
      return rotations;
    }

    /** Nothing is stuck, nothing is lost, nothing was made twice. */
    void awaitDone() {
      awaitReadyAll();
      kept.forEach(it -> assertThat(login(it, password(own, it))).as(it).isEqualTo("PONG"));
      awaitGone();
      assertThat(made()).allSatisfy((name, times) -> assertThat(times).as(name).isEqualTo(1));
    }

    private void awaitReadyAll() {
      kept.forEach(name -> KINDS.forEach(kind -> awaitReady(kind, own, name)));
    }

    /** By the name of each User: how often it was made in the server. */
    private Map<String, Integer> made() {
      return Cluster.CLIENT.v1().events().inNamespace(own.name()).list().getItems().stream()
          .filter(it -> it.getReason().equals("CreatedExternalResource"))
          .filter(it -> it.getInvolvedObject().getKind().equals("User"))
          .collect(
              Collectors.toMap(
                  it -> it.getInvolvedObject().getName(), Event::getCount, Integer::sum));
    }

    void deleteAll() {
      List.copyOf(kept).forEach(this::delete);
      at("User", own, "rotated").delete();
    }

    void awaitGone() {
      for (String name : deleted) {
        KINDS.forEach(kind -> ProviderFaultIT.awaitGone(kind, own, name));
        assertThat(consumer(name)).as(name).isNull();
      }
      assertThat(users().lines().filter(it -> it.startsWith("made-")))
          .containsExactlyInAnyOrderElementsOf(kept);
    }

    private @Nullable Object consumer(String name) {
      return Objects.requireNonNull(
              Cluster.CLIENT
                  .genericKubernetesResources("toolhive.stacklok.dev/v1beta1", "MCPServer")
                  .inNamespace(own.name())
                  .withName(name)
                  .get())
          .get("spec", "sessionStorage");
    }
  }
}
