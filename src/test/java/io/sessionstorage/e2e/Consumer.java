package io.sessionstorage.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.PodBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/** A pod that uses a store through its connection Secret. */
record Consumer(String namespace, String name) {
  /** The labels by which a store knows a proxy of ToolHive. */
  static final Map<String, String> PROXY =
      Map.of("app", "mcpserver", "app.kubernetes.io/name", "mcpserver", "toolhive", "true");

  /** The labels of an MCP server itself, which must not reach the store. */
  static final Map<String, String> BACKEND = Map.of("app", "fetch", "toolhive", "true");

  /** Sets TLS to what valkey-cli needs for this store. */
  static final String TLS =
      "TLS=; [ ! -s /connection/ca.crt ] || TLS='--tls --cacert /connection/ca.crt';\n";

  /** Creates it beside the store. Its Secret is read when it starts. */
  static Consumer of(Store store, String name, Map<String, String> labels) {
    return of(store.namespace(), name, labels, store.name() + "-connection");
  }

  static Consumer of(String namespace, String name, Map<String, String> labels, String secret) {
    // @formatter:off
    Cluster.CLIENT.resource(new PodBuilder()
        .withNewMetadata()
          .withName(name)
          .withNamespace(namespace)
          .withLabels(labels)
        .endMetadata()
        .withNewSpec()
          .withTerminationGracePeriodSeconds(0L)
          // Each operation looks for the name, and would wait 5 s for an answer that is lost; a
          // client of ToolHive has its connection.
          .withNewDnsConfig()
            .addNewOption("ndots", "1")
            .addNewOption("timeout", "1")
            .addNewOption("attempts", "5")
            .addNewOption("single-request-reopen", null)
          .endDnsConfig()
          .withAutomountServiceAccountToken(false)
          .withNewSecurityContext()
            .withRunAsNonRoot(true)
            .withRunAsUser(999L)
            .withNewSeccompProfile()
              .withType("RuntimeDefault")
            .endSeccompProfile()
          .endSecurityContext()
          .addNewContainer()
            .withName("client")
            .withImage("docker.io/valkey/valkey:9.1.2")
            .withCommand("sleep", "3600")
            // Without a share of its own it waits for whoever makes pods.
            .withNewResources()
              .addToRequests("cpu", new Quantity("100m"))
            .endResources()
            .withEnv(
                fromSecret("HOST", secret, "host"),
                fromSecret("PORT", secret, "port"),
                // valkey-cli of 9.1 reads the second, older ones the first.
                fromSecret("REDISCLI_AUTH", secret, "password"),
                fromSecret("VALKEYCLI_AUTH", secret, "password"))
            .addNewVolumeMount()
              .withName("connection")
              .withMountPath("/connection")
            .endVolumeMount()
            .withNewSecurityContext()
              .withAllowPrivilegeEscalation(false)
              .withReadOnlyRootFilesystem(true)
              .withNewCapabilities()
                .withDrop("ALL")
              .endCapabilities()
            .endSecurityContext()
          .endContainer()
          .addNewVolume()
            .withName("connection")
            .withNewSecret()
              .withSecretName(secret)
            .endSecret()
          .endVolume()
        .endSpec()
        .build()).create();
    // @formatter:on
    Cluster.CLIENT.pods().inNamespace(namespace).withName(name).waitUntilReady(2, TimeUnit.MINUTES);
    return new Consumer(namespace, name);
  }

  private static EnvVar fromSecret(String variable, String secret, String key) {
    // @formatter:off
    return new EnvVarBuilder()
        .withName(variable)
        .withNewValueFrom()
          .withNewSecretKeyRef()
            .withName(secret)
            .withKey(key)
          .endSecretKeyRef()
        .endValueFrom()
        .build();
    // @formatter:on
  }

  /** Waits until the network lets it through. */
  Consumer awaitConnected() {
    await("%s connects".formatted(this))
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(valkey("PING").text()).isEqualTo("PONG"));
    return this;
  }

  /** What valkey-cli replies to one command. */
  String ask(String... command) {
    return valkey(command).text();
  }

  /** As {@link #ask}, with how it ended. */
  Reply valkey(String... command) {
    return shell(TLS + "exec timeout 10 valkey-cli $TLS -h \"$HOST\" -p \"$PORT\" \"$@\"", command);
  }

  Reply shell(String script, String... arguments) {
    return Pods.exec(
        namespace,
        name,
        "client",
        Stream.concat(Stream.of("sh", "-c", script, "sh"), Stream.of(arguments))
            .toArray(String[]::new));
  }
}
