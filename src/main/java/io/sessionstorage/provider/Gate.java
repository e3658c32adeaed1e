package io.sessionstorage.provider;

import io.fabric8.kubernetes.api.model.APIResource;
import io.fabric8.kubernetes.api.model.APIResourceList;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ListOptionsBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.util.Objects;
import java.util.Set;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Whether a kind may be reconciled yet: its definition may come later than the provider, or never
 * if no ManagedResourceActivationPolicy activates it, and so may the right to read it.
 */
final class Gate {
  private static final Logger LOG = LoggerFactory.getLogger(Gate.class);

  private final KubernetesClient client;
  private final String apiVersion;

  Gate(KubernetesClient client, String apiVersion) {
    this.client = client;
    this.apiVersion = apiVersion;
  }

  /** The kinds that the API server serves now. */
  Set<String> served() {
    try {
      APIResourceList resources = client.getApiResources(apiVersion);
      return resources == null
          ? Set.of()
          : resources.getResources().stream().map(APIResource::getKind).collect(Collectors.toSet());
    } catch (KubernetesClientException e) {
      LOG.atWarn().addKeyValue("cause", cause(e)).log("cannot ask which kinds there are");
      return Set.of();
    }
  }

  /** Whether the provider may read the kind. */
  boolean readable(Class<? extends HasMetadata> kind) {
    try {
      client.resources(kind).inAnyNamespace().list(new ListOptionsBuilder().withLimit(1L).build());
      return true;
    } catch (KubernetesClientException e) {
      LOG.atInfo()
          .addKeyValue("kind", HasMetadata.getKind(kind))
          .addKeyValue("cause", cause(e))
          .log("waiting for the right to read");
      return false;
    }
  }

  /** The client's own words hide what is wrong with the connection. */
  private static String cause(KubernetesClientException e) {
    Throwable cause = Objects.requireNonNullElse(e.getCause(), e);
    return String.valueOf(cause.getMessage());
  }
}
