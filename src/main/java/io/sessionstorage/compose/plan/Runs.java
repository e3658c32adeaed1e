package io.sessionstorage.compose.plan;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** What the Jobs of backups, drills and restores say, by themselves and through their pods. */
public final class Runs {
  /** The requirement whose result is the Jobs. */
  public static final String JOBS = "backup-jobs";

  /** The requirement whose result is their pods. */
  public static final String PODS = "backup-pods";

  /** The label that says what a Job is for. */
  public static final String LABEL = "toolhive.stacklok.dev/run";

  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final Map<String, String> NO_REPORT =
      Map.of(
          "OOMKilled", "it used more memory than its limit",
          "DeadlineExceeded", "it took longer than its deadline, or could not start",
          "Evicted", "its node had too little disk or memory");

  private Runs() {}

  /** What a Job is for. */
  public enum Purpose {
    BACKUP,
    DRILL,
    RESTORE;

    /** The label's value. */
    public String text() {
      return name().toLowerCase(java.util.Locale.ROOT);
    }
  }

  /** How far a Job has come. */
  public enum Outcome {
    RUNNING,
    SUCCEEDED,
    FAILED
  }

  /**
   * One Job.
   *
   * @param end when it ended; while it runs, when it began
   * @param report what its last container said, a JSON object; a missing node if it said nothing
   * @param reason of the failure, or why it waits; one CamelCase word, empty if there is none
   * @param message of the failure, for a person
   */
  public record Run(
      String job, Outcome outcome, Instant end, JsonNode report, String reason, String message) {}

  /** The Jobs for one purpose, the one that ended last at the end. */
  public static List<Run> of(Purpose purpose, Observed observed) {
    List<Run> runs = new ArrayList<>();
    for (JsonNode job : observed.required().getOrDefault(JOBS, List.of())) {
      if (purpose.text().equals(job.path("metadata").path("labels").path(LABEL).asText())) {
        runs.add(run(job, newestPod(job, observed)));
      }
    }
    runs.sort(Comparator.comparing(Run::end));
    return List.copyOf(runs);
  }

  /** The last of {@code runs} that ended so. */
  static Optional<Run> last(List<Run> runs, Outcome outcome) {
    return runs.stream().filter(run -> run.outcome() == outcome).reduce((first, last) -> last);
  }

  private static Run run(JsonNode job, JsonNode pod) {
    String name = job.path("metadata").path("name").asText();
    for (JsonNode condition : job.path("status").path("conditions")) {
      if ("True".equals(condition.path("status").asText())) {
        Instant time = time(condition.path("lastTransitionTime"));
        switch (condition.path("type").asText()) {
          case "Complete" -> {
            return new Run(name, Outcome.SUCCEEDED, time, success(pod), "", "");
          }
          case "Failed" -> {
            return failed(name, time, condition, pod);
          }
          default -> {}
        }
      }
    }
    JsonNode waiting = waiting(pod);
    return new Run(
        name,
        Outcome.RUNNING,
        time(job.path("metadata").path("creationTimestamp")),
        MissingNode.getInstance(),
        waiting.path("reason").asText(),
        waiting.path("message").asText());
  }

  private static Run failed(String name, Instant time, JsonNode condition, JsonNode pod) {
    JsonNode end = firstFailure(pod);
    JsonNode report = json(end.path("message").asText());
    if (report.has("reason")) {
      return new Run(
          name,
          Outcome.FAILED,
          time,
          report,
          report.path("reason").asText(),
          report.path("message").asText());
    }
    String reason =
        end.path("reason")
            .asText(pod.path("status").path("reason").asText(condition.path("reason").asText()));
    String message =
        NO_REPORT.getOrDefault(
            reason,
            "Error".equals(reason)
                ? "it ended with exit code " + end.path("exitCode").asInt()
                : condition.path("message").asText());
    return new Run(
        name, Outcome.FAILED, time, report, "Error".equals(reason) ? "RunFailed" : reason, message);
  }

  private static JsonNode newestPod(JsonNode job, Observed observed) {
    String name = job.path("metadata").path("name").asText();
    return observed.required().getOrDefault(PODS, List.of()).stream()
        .filter(
            pod ->
                name.equals(
                    pod.path("metadata")
                        .path("labels")
                        .path("batch.kubernetes.io/job-name")
                        .asText()))
        .max(Comparator.comparing(pod -> pod.path("metadata").path("creationTimestamp").asText()))
        .orElse(MissingNode.getInstance());
  }

  private static List<JsonNode> containers(JsonNode pod) {
    List<JsonNode> containers = new ArrayList<>();
    pod.path("status").path("initContainerStatuses").forEach(containers::add);
    pod.path("status").path("containerStatuses").forEach(containers::add);
    return containers;
  }

  private static JsonNode success(JsonNode pod) {
    List<JsonNode> containers = containers(pod);
    return containers.isEmpty()
        ? MissingNode.getInstance()
        : json(containers.getLast().path("state").path("terminated").path("message").asText());
  }

  private static JsonNode firstFailure(JsonNode pod) {
    return containers(pod).stream()
        .map(container -> container.path("state").path("terminated"))
        .filter(end -> end.path("exitCode").asInt() != 0)
        .findFirst()
        .orElse(MissingNode.getInstance());
  }

  /** What keeps a pod from starting that somebody has to mend. */
  private static JsonNode waiting(JsonNode pod) {
    return containers(pod).stream()
        .map(container -> container.path("state").path("waiting"))
        .filter(
            waiting ->
                !List.of("", "PodInitializing", "ContainerCreating")
                    .contains(waiting.path("reason").asText()))
        .findFirst()
        .orElseGet(() -> unscheduled(pod));
  }

  private static JsonNode unscheduled(JsonNode pod) {
    return Observed.says(pod, "PodScheduled", "False")
        ? Observed.condition(pod, "PodScheduled")
        : MissingNode.getInstance();
  }

  private static JsonNode json(String text) {
    try {
      JsonNode json = MAPPER.readTree(text.strip());
      return json.isObject() ? json : MissingNode.getInstance();
    } catch (JsonProcessingException e) {
      return MissingNode.getInstance();
    }
  }

  static Instant time(JsonNode text) {
    Instant time = timeOrNull(text);
    return time == null ? Instant.EPOCH : time;
  }

  static @Nullable Instant timeOrNull(JsonNode text) {
    try {
      return text.isTextual() ? Instant.parse(text.textValue()) : null;
    } catch (DateTimeParseException e) {
      return null;
    }
  }
}
