package io.sessionstorage.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.dsl.Resource;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.TimeUnit;
import java.util.stream.IntStream;
import org.awaitility.core.ThrowingRunnable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
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

  private static Resource<GenericKubernetesResource> at(
      String kind, TestNamespace in, String name) {
    return Cluster.CLIENT
        .genericKubernetesResources(API, kind)
        .inNamespace(in.name())
        .withName(name);
  }

  private static String ready(TestNamespace in, String user) {
    GenericKubernetesResource found = at("User", in, user).get();
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
    eventually(() -> assertThat(ready(in, user)).as("User %s", user).isEqualTo("True"));
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

  private static void killProvider() {
    Cluster.CLIENT
        .pods()
        .inNamespace("crossplane-system")
        .withLabels(PROVIDER)
        .withGracePeriod(0)
        .delete();
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
}
