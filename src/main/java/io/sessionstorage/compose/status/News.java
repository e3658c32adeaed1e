package io.sessionstorage.compose.status;

import io.sessionstorage.compose.plan.Observation;
import io.sessionstorage.compose.plan.Report;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What the observer's newest report has that the one before it did not have. */
final class News {
  private News() {}

  static List<Event> of(Observation observation) {
    List<Event> events = new ArrayList<>();
    Report before = observation.before();
    Report now = observation.now();
    if (before == null || now == null || before.equals(now)) {
      return events;
    }
    Optional<String> primary = now.primary();
    if (primary.isPresent() && !primary.equals(before.primary())) {
      events.add(
          new Event(
              false,
              "PrimaryChanged",
              "Pod %s takes writes now%s."
                  .formatted(
                      primary.get(),
                      before.primary().map(old -> ", before it was pod " + old).orElse(""))));
    }
    if (before.quorum() != now.quorum()) {
      events.add(
          now.quorum()
              ? new Event(
                  false,
                  "QuorumRegained",
                  "Enough Sentinels answer again to replace the primary if it is lost.")
              : new Event(
                  true,
                  "QuorumLost",
                  "Too few Sentinels answer to replace the primary if it is lost."));
    }
    return events;
  }
}
