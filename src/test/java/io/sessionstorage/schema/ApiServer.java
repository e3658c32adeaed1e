package io.sessionstorage.schema;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubeapitest.KubeAPIServer;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.FieldValidateable.Validation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.sessionstorage.testing.KubeApi;
import io.sessionstorage.testing.Programs;
import java.io.IOException;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** A real API server, without controllers. */
final class ApiServer implements AutoCloseable {
  private static final ObjectMapper JSON = new ObjectMapper();
  private static final String NAMESPACE = "default";
  private static final Set<String> NAMESPACED =
      Set.of("Binding", "MCPServer", "SessionStorage", "Workspace");

  /** Reads custom resource definitions. */
  interface Source {
    List<ObjectNode> read() throws IOException, InterruptedException;
  }

  private final Source crds;
  private @Nullable KubeAPIServer server;
  private @Nullable KubernetesClient client;
  private @Nullable RuntimeException failure;

  /**
   * Starts at the first request, so that what is missing skips tests and not a whole class, which
   * the report would leave out.
   */
  ApiServer(Source crds) {
    this.crds = crds;
  }

  private KubernetesClient client() {
    if (failure != null) {
      throw failure;
    }
    if (client == null) {
      try {
        client = start();
      } catch (KubernetesClientException e) {
        failure = new IllegalStateException("the definitions are refused: " + e.getMessage(), e);
        close();
        throw failure;
      }
    }
    return client;
  }

  private KubernetesClient start() {
    Programs.requireDirectory(
        "KUBE_API_TEST_DIR", "setup-envtest use --bin-dir DIR, then KUBE_API_TEST_DIR=DIR");
    List<ObjectNode> installed;
    try {
      installed = crds.read();
    } catch (IOException | InterruptedException e) {
      throw new IllegalStateException(e);
    }
    server = new KubeAPIServer();
    server.start();
    KubernetesClient started =
        new KubernetesClientBuilder()
            .withConfig(Config.fromKubeconfig(server.getKubeConfigYaml()))
            .build();
    installed.forEach(crd -> started.resource(generic(crd)).create());
    installed.forEach(crd -> KubeApi.awaitEstablished(started, crd.at("/metadata/name").asText()));
    return started;
  }

  /** Why the last of a case's objects is refused; empty if it is accepted. Nothing is kept. */
  Optional<String> refusal(Case shown) {
    return shown.objects().size() == 1
        ? refusal(shown.objects().getFirst())
        : refusalOfUpdate(shown.objects().getFirst(), shown.objects().get(1));
  }

  Optional<String> refusal(ObjectNode object) {
    return message(() -> accepted(object));
  }

  /** The object as it would be stored; nothing is kept. */
  ObjectNode accepted(ObjectNode object) {
    return JSON.valueToTree(
        resource(object).dryRun(true).fieldValidation(Validation.STRICT).create());
  }

  private Optional<String> refusalOfUpdate(ObjectNode before, ObjectNode after) {
    GenericKubernetesResource created =
        resource(before).fieldValidation(Validation.STRICT).create();
    try {
      String version = created.getMetadata().getResourceVersion();
      if (before.has("status")) {
        ObjectNode withStatus = before.deepCopy();
        withStatus.withObject("/metadata").put("resourceVersion", version);
        version = resource(withStatus).updateStatus().getMetadata().getResourceVersion();
      }
      ObjectNode update = after.deepCopy();
      update.withObject("/metadata").put("resourceVersion", version);
      return message(
          () -> resource(update).dryRun(true).fieldValidation(Validation.STRICT).update());
    } finally {
      resource(before).delete();
    }
  }

  private Resource<GenericKubernetesResource> resource(ObjectNode object) {
    GenericKubernetesResource resource = generic(object);
    return NAMESPACED.contains(resource.getKind())
        ? client().resource(resource).inNamespace(NAMESPACE)
        : client().resource(resource);
  }

  private static GenericKubernetesResource generic(ObjectNode object) {
    return JSON.convertValue(object, GenericKubernetesResource.class);
  }

  private static Optional<String> message(Runnable request) {
    try {
      request.run();
      return Optional.empty();
    } catch (KubernetesClientException e) {
      return Optional.of(e.getStatus() == null ? e.toString() : e.getStatus().getMessage());
    }
  }

  @Override
  public void close() {
    if (client != null) {
      client.close();
    }
    if (server != null) {
      server.stop();
    }
  }
}
