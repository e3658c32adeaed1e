package io.sessionstorage.compose.status;

import com.fasterxml.jackson.databind.JsonNode;
import io.sessionstorage.api.IssuerRef;
import io.sessionstorage.compose.plan.Keys;
import io.sessionstorage.compose.plan.Observation;
import io.sessionstorage.compose.plan.Observed;
import io.sessionstorage.compose.plan.Plan;
import io.sessionstorage.compose.plan.Selector;
import io.sessionstorage.compose.plan.Tls;
import io.sessionstorage.compose.plan.Volume;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.Map;
import java.util.TreeMap;

/** What has to be read beside the composed resources, to know how a store is. */
public final class Requirements {
  /**
   * How long nobody asks what is wrong with the pods of a new StatefulSet. Crossplane watches what
   * is asked for, and each change of each pod that starts counts towards its circuit breaker, which
   * opens at 50 changes in short order. Just before the timer of a store that is not ready yet.
   */
  private static final Duration START = Duration.ofSeconds(13);

  private static final Duration START_REPLICATED = Duration.ofSeconds(25);

  private Requirements() {}

  /**
   * Always the complete set.
   *
   * @param now when it was asked
   */
  public static Map<String, Selector> of(Plan plan, Observed observed, Instant now) {
    Map<String, Selector> requirements = new TreeMap<>();
    if (!starting(plan, observed.get(Keys.STATEFUL_SET), now)) {
      requirements.put(
          Diagnosis.PODS,
          new Selector("v1", "Pod", plan.instance().namespace(), "", plan.instance().selector()));
      if (plan.replicated()) {
        requirements.put(
            Diagnosis.PROXIES,
            new Selector(
                "v1", "Pod", plan.instance().namespace(), "", plan.instance().proxySelector()));
        requirements.put(
            Observation.PODS,
            new Selector(
                "v1", "Pod", plan.instance().namespace(), "", plan.instance().observerSelector()));
      }
    }
    if (plan.tls() instanceof Tls.Issued issued) {
      requirements.put(
          Tls.Issued.KIND,
          new Selector(
              "apiextensions.k8s.io/v1",
              "CustomResourceDefinition",
              "",
              "certificates." + IssuerRef.CERT_MANAGER,
              Map.of()));
      requirements.put(
          Tls.Issued.SECRET,
          new Selector("v1", "Secret", plan.instance().namespace(), issued.secret(), Map.of()));
    }
    if (plan.proves()) {
      requirements.put(
          Secrecy.PODS,
          new Selector(
              "v1", "Pod", plan.instance().namespace(), "", plan.instance().rotationSelector()));
    }
    if (plan.volume() != null && plan.volume().className() != null) {
      requirements.put(
          Volume.STORAGE_CLASS,
          new Selector(
              "storage.k8s.io/v1", "StorageClass", "", plan.volume().className(), Map.of()));
    }
    requirements.putAll(BackupRequirements.of(plan));
    return requirements;
  }

  private static boolean starting(Plan plan, JsonNode statefulSet, Instant now) {
    if (statefulSet.isMissingNode()) {
      return true;
    }
    String created = statefulSet.path("metadata").path("creationTimestamp").asText("");
    try {
      return !created.isEmpty()
          && Instant.parse(created).plus(plan.replicated() ? START_REPLICATED : START).isAfter(now);
    } catch (DateTimeParseException e) {
      return false;
    }
  }
}
