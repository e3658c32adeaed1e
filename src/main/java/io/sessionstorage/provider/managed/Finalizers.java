package io.sessionstorage.provider.managed;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** Adds and removes finalizers; fails with 409 if the object is not the newest. */
public final class Finalizers {
  /** Finalizers of Kubernetes' own that only decide in which order objects go. */
  private static final Set<String> PROPAGATION = Set.of("foregroundDeletion", "orphan");

  private Finalizers() {}

  /** The object with the finalizer. */
  public static <T extends HasMetadata> T add(KubernetesClient client, T object, String finalizer) {
    if (object.hasFinalizer(finalizer)) {
      return object;
    }
    List<String> finalizers = new ArrayList<>(object.getFinalizers());
    finalizers.add(finalizer);
    return set(client, object, finalizers);
  }

  /** The object without the finalizer; gone, if that was the last one and it was deleted. */
  public static <T extends HasMetadata> T remove(
      KubernetesClient client, T object, String finalizer) {
    return object.hasFinalizer(finalizer)
        ? set(
            client,
            object,
            object.getFinalizers().stream().filter(it -> !it.equals(finalizer)).toList())
        : object;
  }

  /** Whether nobody but {@code finalizer} holds the object; who waits for its children does not. */
  public static boolean onlyHeldBy(HasMetadata object, String finalizer) {
    return object.getFinalizers().stream()
        .allMatch(it -> it.equals(finalizer) || PROPAGATION.contains(it));
  }

  private static <T extends HasMetadata> T set(
      KubernetesClient client, T object, List<String> finalizers) {
    return client
        .resource(object)
        .patch(
            PatchContext.of(PatchType.JSON_MERGE),
            client
                .getKubernetesSerialization()
                .asJson(
                    Map.of(
                        "metadata",
                        Map.of(
                            "finalizers",
                            finalizers,
                            "resourceVersion",
                            object.getMetadata().getResourceVersion()))));
  }
}
