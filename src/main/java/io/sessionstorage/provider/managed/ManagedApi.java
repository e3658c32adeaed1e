package io.sessionstorage.provider.managed;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/** Writes managed resources: only what is ours, never the specification. */
final class ManagedApi<R extends ManagedResource<P, O>, P, O> {
  static final String FINALIZER = "finalizer.managedresource.crossplane.io";

  private final KubernetesClient client;
  private final Class<R> type;

  ManagedApi(KubernetesClient client, Class<R> type) {
    this.client = client;
    this.type = type;
  }

  /** Sets annotations; fails with 409 if {@code resource} is not the newest. */
  R annotate(R resource, Map<String, String> annotations) {
    return patch(resource, version(resource), Map.of("annotations", annotations));
  }

  /** Sets annotations that must not be lost, whatever has happened to the resource meanwhile. */
  R annotateInAnyCase(R resource, Map<String, String> annotations) {
    return patch(resource, null, Map.of("annotations", annotations));
  }

  R addFinalizer(R resource) {
    return Finalizers.add(client, resource, FINALIZER);
  }

  /** The resource is gone afterwards, unless others have finalizers, too. */
  void removeFinalizer(R resource) {
    Finalizers.remove(client, resource, FINALIZER);
  }

  /** Writes the status unless it is there already; fails with 409 if somebody was faster. */
  R updateStatus(R resource, ManagedStatus<O> status) {
    if (status.equals(resource.getStatus())) {
      return resource;
    }
    R updated = client.getKubernetesSerialization().clone(resource);
    updated.setStatus(status);
    return client.resource(updated).updateStatus();
  }

  private static String version(ManagedResource<?, ?> resource) {
    return resource.getMetadata().getResourceVersion();
  }

  private R patch(R resource, @Nullable String version, Map<String, ?> change) {
    Map<String, Object> metadata = new LinkedHashMap<>(change);
    if (version != null) {
      metadata.put("resourceVersion", version);
    }
    return at(resource.getMetadata())
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            client.getKubernetesSerialization().asJson(Map.of("metadata", metadata)));
  }

  private Resource<R> at(ObjectMeta metadata) {
    return client
        .resources(type)
        .inNamespace(Objects.requireNonNull(metadata.getNamespace()))
        .withName(metadata.getName());
  }
}
