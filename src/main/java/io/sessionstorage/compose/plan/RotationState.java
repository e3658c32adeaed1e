package io.sessionstorage.compose.plan;

import com.fasterxml.jackson.databind.JsonNode;
import io.sessionstorage.api.Store.Managed;
import io.sessionstorage.compose.rotation.Rotation;
import io.sessionstorage.compose.rotation.Rotation.Situation;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.HashMap;
import java.util.Map;

/**
 * What the observed objects say about the replacement of passwords.
 *
 * @param last how far it was when it was looked at last
 */
public record RotationState(Rotation last, Situation situation) {
  static RotationState of(Managed store, Observed observed, Instant now) {
    Rotation last =
        observed.has(Keys.AUTH)
            ? last(observed, now)
            : Rotation.first(store.rotation(), now).withRotatedAt(rotatedAt(observed, now));
    return new RotationState(
        last,
        new Situation(
            isLost(observed),
            store.suspend() && isStopped(observed.get(Keys.STATEFUL_SET)),
            "Ready".equals(observed.composite().path("status").path("phase").asText()),
            observed.resources().values().stream().anyMatch(job -> proves(job, last))));
  }

  boolean lost() {
    return situation.lost();
  }

  /** How far it was; of passwords that do not say it, that they are as old as their Secret. */
  public static Rotation last(Observed observed, Instant now) {
    JsonNode metadata = observed.get(Keys.AUTH).path("metadata");
    Map<String, String> annotations = new HashMap<>();
    metadata
        .path("annotations")
        .properties()
        .forEach(entry -> annotations.put(entry.getKey(), entry.getValue().asText()));
    return Rotation.read(
        annotations, observed.secret(Keys.AUTH), time(metadata.path("creationTimestamp"), now));
  }

  /** Since when consumers have their password, if nothing but the status tells it. */
  private static Instant rotatedAt(Observed observed, Instant now) {
    return time(observed.composite().path("status").path("credentials").path("lastRotated"), now);
  }

  private static Instant time(JsonNode text, Instant now) {
    try {
      if (text.isTextual()) {
        return Instant.parse(text.asText());
      }
    } catch (DateTimeParseException e) {
      // It says nothing, as if it were not there.
    }
    return now.truncatedTo(ChronoUnit.SECONDS);
  }

  private static boolean isLost(Observed observed) {
    return !observed.has(Keys.AUTH) && (observed.has(Keys.ACL) || observed.has(Keys.STATEFUL_SET));
  }

  private static boolean isStopped(JsonNode statefulSet) {
    return statefulSet.path("spec").path("replicas").asInt() == 0
        && statefulSet.path("status").path("replicas").asInt() == 0;
  }

  private static boolean proves(JsonNode job, Rotation rotation) {
    JsonNode mark = job.path("metadata").path("annotations").path(Rotation.MARK);
    return mark.isTextual() && rotation.mark().equals(mark.asText()) && ended(job, "Complete");
  }

  /** Whether a Job has given up. */
  public static boolean failed(JsonNode job) {
    return "Job".equals(job.path("kind").asText()) && ended(job, "Failed");
  }

  private static boolean ended(JsonNode job, String how) {
    return Observed.says(job, how, "True");
  }
}
