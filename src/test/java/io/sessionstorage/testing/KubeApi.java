package io.sessionstorage.testing;

import io.fabric8.kubeapitest.KubeAPIServer;
import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.ConfigBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.sessionstorage.provider.Client;
import java.util.HexFormat;
import java.util.Objects;
import java.util.concurrent.ThreadLocalRandom;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** A real API server without controllers, one for all tests of the JVM. */
public final class KubeApi {
  private static @Nullable KubernetesClient shared;

  private KubeApi() {}

  /** A client of it; skips the test if the programs are missing. */
  public static synchronized KubernetesClient client() {
    if (shared == null) {
      Programs.requireDirectory(
          "KUBE_API_TEST_DIR", "setup-envtest use --bin-dir DIR, then KUBE_API_TEST_DIR=DIR");
      KubeAPIServer server = new KubeAPIServer();
      server.start();
      KubernetesClient client =
          Client.of(Config.fromKubeconfig(Objects.requireNonNull(server.getKubeConfigYaml())));
      Runtime.getRuntime()
          .addShutdownHook(
              Thread.ofPlatform()
                  .unstarted(
                      () -> {
                        client.close();
                        server.stop();
                      }));
      shared = client;
    }
    return shared;
  }

  /** A client of it that has this user's rights: none, unless somebody grants them. */
  public static KubernetesClient clientOf(String user) {
    return Client.of(
        new ConfigBuilder(client().getConfiguration()).withImpersonateUsername(user).build());
  }

  /** Installs a kind, unless it is there. */
  public static void install(CustomResourceDefinition crd) {
    client().resource(crd).serverSideApply();
    awaitEstablished(client(), crd.getMetadata().getName());
  }

  /** Waits until the API server serves the kind. */
  public static void awaitEstablished(KubernetesClient client, String crd) {
    client
        .apiextensions()
        .v1()
        .customResourceDefinitions()
        .withName(crd)
        .waitUntilCondition(KubeApi::established, 30, TimeUnit.SECONDS);
  }

  private static boolean established(@Nullable CustomResourceDefinition crd) {
    return crd != null
        && crd.getStatus() != null
        && crd.getStatus().getConditions() != null
        && crd.getStatus().getConditions().stream()
            .anyMatch(it -> it.getType().equals("Established") && it.getStatus().equals("True"));
  }

  /** A new namespace. */
  public static String namespace() {
    String name = "test-" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
    client()
        .resource(new NamespaceBuilder().withNewMetadata().withName(name).endMetadata().build())
        .create();
    return name;
  }
}
