package io.sessionstorage.compose.plan;

import com.fasterxml.jackson.databind.JsonNode;
import io.sessionstorage.compose.plan.Runs.Outcome;
import io.sessionstorage.compose.plan.Runs.Purpose;
import io.sessionstorage.compose.plan.Runs.Run;
import java.time.Instant;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * What is known of the backups in a repository: from Jobs, and from the status of before, because
 * Jobs are removed.
 *
 * @param lastSuccessful the time of the newest backup's data; null: there is none
 * @param snapshot the newest backup's ID; empty: there is none
 * @param bytes of the data set, before they are compressed
 * @param lastVerified when a drill proved a backup; null: never
 * @param failure why the newest run failed; null: it did not
 * @param drillFailure why the newest drill failed; null: it did not
 * @param obstacle why a run that has begun does not go on; null: nothing is known to be in its way
 * @param warning what the newest backup did not do; empty: nothing
 */
public record History(
    @Nullable Instant lastSuccessful,
    String snapshot,
    long keys,
    long bytes,
    @Nullable Instant lastVerified,
    @Nullable Failure failure,
    @Nullable Failure drillFailure,
    @Nullable Failure obstacle,
    String warning,
    boolean running) {

  /**
   * A run that failed, and those like it right before.
   *
   * @param since the end of the first of them
   */
  public record Failure(Instant since, String reason, String message) {}

  /**
   * Reads it.
   *
   * @param url the repository's
   */
  static History of(String url, Observed observed) {
    JsonNode status = observed.composite().path("status").path("backup");
    boolean same = url.equals(status.path("repository").asText());
    JsonNode before = same ? status : status.path("of another repository");
    List<Run> backups = Runs.of(Purpose.BACKUP, observed);
    List<Run> drills = Runs.of(Purpose.DRILL, observed);
    Instant lastSuccessful = Runs.timeOrNull(before.path("lastSuccessful"));
    String snapshot = before.path("snapshot").asText();
    long keys = before.path("keys").asLong();
    long bytes = before.path("size").asLong();
    String warning = before.path("warning").asText();
    Instant succeeded = lastSuccessful;
    Run newest = Runs.last(backups, Outcome.SUCCEEDED).orElse(null);
    if (newest != null) {
      JsonNode report = newest.report();
      Instant of = report.has("time") ? Runs.time(report.path("time")) : newest.end();
      if (lastSuccessful == null || !of.isBefore(lastSuccessful)) {
        succeeded = newest.end();
        lastSuccessful = of;
        snapshot = report.path("snapshot").asText();
        keys = report.path("keys").asLong();
        bytes = report.path("bytes").asLong();
        warning = report.path("warning").asText();
      }
    }
    Instant lastVerified = Runs.timeOrNull(before.path("lastVerified"));
    Run proven = Runs.last(drills, Outcome.SUCCEEDED).orElse(null);
    if (proven != null && (lastVerified == null || proven.end().isAfter(lastVerified))) {
      lastVerified = proven.end();
    }
    Run last = backups.isEmpty() ? null : backups.getLast();
    return new History(
        lastSuccessful,
        snapshot,
        keys,
        bytes,
        lastVerified,
        failure(before.path("failure"), backups, succeeded),
        failure(before.path("drillFailure"), drills, lastVerified),
        last == null || last.outcome() != Outcome.RUNNING || last.reason().isEmpty()
            ? null
            : new Failure(last.end(), last.reason(), last.message()),
        warning,
        last != null && last.outcome() == Outcome.RUNNING);
  }

  private static @Nullable Failure failure(
      JsonNode before, List<Run> runs, @Nullable Instant succeeded) {
    Failure known =
        before.isObject()
            ? new Failure(
                Runs.time(before.path("since")),
                before.path("reason").asText(),
                before.path("message").asText())
            : null;
    if (known != null && succeeded != null && succeeded.isAfter(known.since())) {
      known = null;
    }
    Run newest = Runs.last(runs, Outcome.FAILED).orElse(null);
    if (newest == null || (succeeded != null && !newest.end().isAfter(succeeded))) {
      return known;
    }
    Instant since =
        known != null && known.since().isBefore(newest.end()) ? known.since() : newest.end();
    return new Failure(since, newest.reason(), newest.message());
  }
}
