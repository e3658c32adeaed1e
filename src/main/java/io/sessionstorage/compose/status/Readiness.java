package io.sessionstorage.compose.status;

import com.fasterxml.jackson.databind.JsonNode;
import io.sessionstorage.compose.plan.Observed;

/** Whether an observed object does its work, by kind. */
public final class Readiness {
  private Readiness() {}

  /**
   * What Crossplane is told of an object. At every look it makes an event of every one that is not
   * ready, and of one composite's events Kubernetes keeps some 25, and then one in five minutes. So
   * what has nothing to do but to exist is ready at once, and so is a volume that waits for its
   * pod, as most do: the StatefulSet is not ready before.
   *
   * @param desired what is composed
   * @param observed what there is, or a missing node
   */
  public static boolean of(JsonNode desired, JsonNode observed) {
    return onlyExists(desired)
        || isObserver(desired)
        || waitsForItsPod(desired, observed)
        || of(observed);
  }

  private static boolean waitsForItsPod(JsonNode desired, JsonNode observed) {
    return "PersistentVolumeClaim".equals(desired.path("kind").asText())
        && !"Lost".equals(observed.path("status").path("phase").asText());
  }

  /**
   * Whether the object is ready.
   *
   * @param object the observed object, or a missing node
   */
  public static boolean of(JsonNode object) {
    return switch (object.path("kind").asText()) {
      case "PersistentVolumeClaim" -> "Bound".equals(object.path("status").path("phase").asText());
      case "Deployment" -> deployment(object);
      case "StatefulSet" -> statefulSet(object);
      case "Binding", "Certificate", "Connection", "Usage" ->
          Observed.says(object, "Ready", "True");
      default -> onlyExists(object);
    };
  }

  private static boolean onlyExists(JsonNode object) {
    return switch (object.path("kind").asText()) {
      // How Jobs end is another question than whether the store can be used.
      case "ConfigMap",
          "CronJob",
          "Job",
          "NetworkPolicy",
          "PodDisruptionBudget",
          "ProviderConfig",
          "Secret",
          "Service",
          "ServiceAccount" ->
          true;
      default -> false;
    };
  }

  private static boolean statefulSet(JsonNode object) {
    JsonNode status = object.path("status");
    int wanted = object.path("spec").path("replicas").asInt(1);
    return wanted > 1 ? status.path("readyReplicas").asInt() > wanted / 2 : settled(object);
  }

  /** It ends whenever it has news: that says nothing about the store. */
  private static boolean isObserver(JsonNode deployment) {
    return "observer"
        .equals(
            deployment
                .path("metadata")
                .path("labels")
                .path("app.kubernetes.io/component")
                .asText());
  }

  /** One proxy is enough for clients; none when none is wanted. */
  private static boolean deployment(JsonNode object) {
    return object.path("spec").path("replicas").asInt(1) == 0
        ? settled(object)
        : object.path("status").path("readyReplicas").asInt() > 0;
  }

  /** Whether every pod that is wanted is there, ready, and of the newest template. */
  static boolean settled(JsonNode object) {
    JsonNode status = object.path("status");
    int wanted = object.path("spec").path("replicas").asInt(1);
    return status.path("observedGeneration").asLong()
            >= object.path("metadata").path("generation").asLong()
        && status.path("replicas").asInt() == wanted
        && status.path("readyReplicas").asInt() == wanted
        && status.path("updatedReplicas").asInt() == wanted;
  }
}
