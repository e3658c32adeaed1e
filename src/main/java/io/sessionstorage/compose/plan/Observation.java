package io.sessionstorage.compose.plan;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.List;
import java.util.Optional;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The observer's last two reports. The one before is kept in its pod template, where it is what the
 * next observer compares with; the newest is the last word of the pod that has this template.
 *
 * @param before null: there is none
 * @param now the newest, which is {@code before} if nothing has changed; null: there is none
 */
public record Observation(@Nullable Report before, @Nullable Report now) {
  /** The requirement whose result is the observer's pods. */
  public static final String PODS = "observer";

  /** The annotation that has the report. */
  public static final String REPORT = "toolhive.stacklok.dev/report";

  private static final Observation NONE = new Observation(null, null);

  /** What a store that is stopped was like says nothing about one that starts. */
  static Observation of(boolean running, Observed observed) {
    if (!running) {
      return NONE;
    }
    String known = report(observed.get(Keys.OBSERVER).path("spec").path("template"));
    Report before = Report.parse(known).orElse(null);
    Report now =
        observed.required().getOrDefault(PODS, List.of()).stream()
            .filter(pod -> !pod.path("metadata").has("deletionTimestamp"))
            .filter(pod -> report(pod).equals(known))
            .flatMap(pod -> lastWords(pod).stream())
            .findFirst()
            .orElse(before);
    return new Observation(before, now);
  }

  private static String report(JsonNode template) {
    return template.path("metadata").path("annotations").path(REPORT).asText();
  }

  private static Optional<Report> lastWords(JsonNode pod) {
    JsonNode container = pod.path("status").path("containerStatuses").path(0);
    return Stream.of("state", "lastState")
        .map(state -> container.path(state).path("terminated").path("message").asText())
        .flatMap(message -> Report.parse(message).stream())
        .findFirst();
  }
}
