package io.sessionstorage.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** The folders of {@code examples}, as their READMEs apply them. */
@ResourceLock(value = Installation.LOCK, mode = ResourceAccessMode.READ)
@TestInstance(Lifecycle.PER_CLASS)
class ExamplesIT {
  /** Where the tests' registry has the function of another project, it comes from there. */
  private static final String OTHER_FUNCTIONS =
      """
      if curl -fs -m 10 "http://$REGISTRY/v2/crossplane-contrib/function-pythonic/tags/list" >/dev/null; then
        kubectl apply -f - <<EOF
      apiVersion: pkg.crossplane.io/v1beta1
      kind: ImageConfig
      metadata:
        name: e2e-other-functions
      spec:
        matchImages: [{type: Prefix, prefix: xpkg.crossplane.io/crossplane-contrib}]
        rewriteImage: {prefix: $REGISTRY/crossplane-contrib}
      EOF
      fi
      """;

  @AutoClose private final TestNamespace teamA = namespace();

  private static TestNamespace namespace() {
    Installation.NAMESPACED.require();
    return new TestNamespace("examples");
  }

  @Test
  void small() {
    apply("-n %s -f examples/small/sessionstorage.yaml".formatted(teamA.name()));

    Store store = teamA.store("sessions").awaitReady();
    assertThat(store.connection("password")).isEqualTo(store.connection("REDIS_PASSWORD"));
    assertThat(store.connection("SESSION_STORAGE_TYPE")).isEqualTo("redis");
  }

  @Test
  void mediumWithOverrides() {
    apply("-n %s -f examples/medium-overrides/sessionstorage.yaml".formatted(teamA.name()));

    Store store = teamA.store("shared").awaitReady();
    Consumer debugger =
        Consumer.of(store, "debugger", Map.of("app.kubernetes.io/name", "session-debugger"));
    debugger.awaitConnected();
    assertThat(store.operator("CONFIG", "GET", "maxmemory-policy").text()).contains("volatile-lru");
    store.awaitCondition("PersistenceHealthy", "True", "8Gi");
    assertThat(store.allowedNamespaces()).contains("team-b");

    Shell.run(
        "kubectl patch -n %s sessionstorage shared --type merge -p '{\"spec\":{\"deletionProtection\":false}}'"
            .formatted(teamA.name()),
        Map.of());
    store.awaitDeletable();
  }

  @Test
  void large() {
    apply("-n %s -f examples/large/sessionstorage.yaml".formatted(teamA.name()));

    Store store = teamA.store("production").awaitReady();
    Consumer proxy = Consumer.of(store, "proxy", Consumer.PROXY).awaitConnected();
    assertThat(proxy.ask("SET", "thv:example", "1")).isEqualTo("OK");
    assertThat(store.connection("uri")).startsWith("rediss://");
    assertThat(store.connection("ca.crt")).startsWith("-----BEGIN CERTIFICATE-----");
  }

  @Test
  void mcpServersThatUseAStore() {
    Shell.run("kubectl apply -f src/test/resources/toolhive/crds.yaml", Map.of());
    try (TestNamespace teamB = new TestNamespace("team-b")) {
      Shell.run(
          """
          cd examples/binding
          sed 's/team-b/%2$s/' sessionstorage.yaml | kubectl apply -n %1$s -f - -f mcpservers.yaml
          sed 's/team-a/%1$s/' elsewhere.yaml | kubectl apply -n %2$s -f -
          kubectl wait -n %1$s sessionstorage/sessions --for=condition=ConsumersBound --timeout=5m
          kubectl wait -n %2$s bindings.valkey.m.toolhive.stacklok.dev/search --for=condition=Ready --timeout=5m
          """
              .formatted(teamA.name(), teamB.name()),
          Map.of());

      String address = teamA.store("sessions").awaitReady().connection("host") + ":6379";
      assertThat(storageOf(teamA, "fetch"))
          .isEqualTo(address + " thv:proxy:session:%s:fetch:".formatted(teamA.name()));
      assertThat(storageOf(teamA, "search"))
          .isEqualTo(address + " thv:proxy:session:%s:search:".formatted(teamA.name()));
      assertThat(storageOf(teamB, "search"))
          .isEqualTo(address + " thv:proxy:session:%s:search:".formatted(teamB.name()));

      Shell.run(
          """
          kubectl patch -n %1$s sessionstorage sessions --type merge -p '{"spec":{"consumers":[{"kind":"MCPServer","name":"fetch"}]}}'
          kubectl wait -n %1$s bindings.valkey.m.toolhive.stacklok.dev/sessions-mcpserver-search --for=delete --timeout=2m
          """
              .formatted(teamA.name()),
          Map.of());
      assertThat(storageOf(teamA, "search")).isEqualTo("null null");
      assertThat(storageOf(teamA, "fetch")).startsWith(address);
    }
  }

  private static String storageOf(TestNamespace namespace, String server) {
    GenericKubernetesResource found =
        Cluster.namespaced("toolhive.stacklok.dev", "v1beta1", "MCPServer", "mcpservers")
            .inNamespace(namespace.name())
            .withName(server)
            .get();
    return "%s %s"
        .formatted(
            found.<Object>get("spec", "sessionStorage", "address"),
            found.<Object>get("spec", "sessionStorage", "keyPrefix"));
  }

  @Test
  void theProposal() {
    Shell.run("kubectl create namespace toolhive-system", Map.of());
    try {
      apply("-f examples/proposal/managed.yaml -f examples/proposal/external.yaml");

      new Store("toolhive-system", "shared-storage").awaitReady();
      Store external = new Store("toolhive-system", "external-storage");
      external.awaitMessage("cannot get Secret external-redis-credentials");
      external.awaitCondition("PrimaryAvailable", "False");
      assertThat(external.composed())
          .containsExactly("Connection external-storage", "ProviderConfig external-storage");
    } finally {
      Shell.run("kubectl delete --timeout=180s namespace toolhive-system", Map.of());
    }
  }

  @Test
  void aPlatformsOwnApiPassesTheConnectionOn() {
    String files =
        "-f examples/platform-xrd/function.yaml -f examples/platform-xrd/definition.yaml -f examples/platform-xrd/composition.yaml";
    try {
      Shell.run(OTHER_FUNCTIONS, Map.of());
      apply(files);
      Shell.run(
          """
          kubectl wait function.pkg.crossplane.io/function-pythonic --for=condition=Healthy --timeout=180s
          kubectl wait xrd/workspaces.platform.example.org --for=condition=Established --timeout=60s
          kubectl apply -n %s -f examples/platform-xrd/workspace.yaml
          kubectl wait -n %1$s workspace/research --for=condition=Ready --timeout=180s
          """
              .formatted(teamA.name()),
          Map.of());

      Store store = teamA.store("research").awaitReady();
      assertThat(store.get().<String>get("spec", "size")).isEqualTo("medium");
      assertThat(store.secret("research-sessions", "address"))
          .isEqualTo(store.connection("host") + ":6379");
      assertThat(store.secret("research-sessions", "password"))
          .isEqualTo(store.connection("password"));
    } finally {
      Shell.run(
          """
          kubectl delete -n %s --timeout=120s --ignore-not-found -f examples/platform-xrd/workspace.yaml
          kubectl delete --timeout=120s --ignore-not-found %s
          kubectl delete --ignore-not-found imageconfigs.pkg.crossplane.io e2e-other-functions
          """
              .formatted(teamA.name(), files),
          Map.of());
    }
  }

  private static void apply(String what) {
    Shell.run("kubectl apply " + what, Map.of());
  }
}
