package io.sessionstorage.compose.status;

import io.sessionstorage.compose.plan.Keys;
import io.sessionstorage.compose.plan.Observed;
import io.sessionstorage.compose.plan.Plan;
import io.sessionstorage.compose.plan.Tls;
import io.sessionstorage.compose.tls.Change;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;

/** What has just happened to a store. */
public final class Events {
  private Events() {}

  /** Only transitions: what is observed and what is decided now differ. */
  public static List<Event> of(Plan plan, Observed observed, Finding finding) {
    List<Event> events = new ArrayList<>();
    ofPhase(observed, finding).ifPresent(events::add);
    RotationNews.of(plan).ifPresent(events::add);
    events.addAll(News.of(plan.observation()));
    events.addAll(BackupStatus.events(plan, observed));
    if (plan.certificates() != null && observed.has(Keys.TLS)) {
      plan.certificates().changes().forEach(change -> events.add(event(change, plan)));
    }
    if (plan.tls() instanceof Tls.Issued issued) {
      renewal(issued, observed).ifPresent(events::add);
    }
    return events;
  }

  /** That the phase is another one. */
  public static Optional<Event> ofPhase(Observed observed, Finding finding) {
    String before = observed.composite().path("status").path("phase").asText();
    boolean warning = finding.phase() == Phase.FAILED || finding.phase() == Phase.DEGRADED;
    return before.equals(finding.phase().text())
        ? Optional.empty()
        : Optional.of(new Event(warning, finding.reason(), finding.message()));
  }

  private static Optional<Event> renewal(Tls.Issued issued, Observed observed) {
    String known = observed.composite().path("status").path("tls").path("notAfter").asText();
    return issued
        .notAfter()
        .map(end -> end.truncatedTo(ChronoUnit.SECONDS).toString())
        .filter(end -> !known.isEmpty() && !known.equals(end))
        .map(end -> new Event(false, "CertificateRenewed", renewed(issued.secret())));
  }

  private static String renewed(String secret) {
    return "Secret %s has a new certificate, which the servers take without a restart."
        .formatted(secret);
  }

  private static Event event(Change change, Plan plan) {
    String secret = plan.instance().tlsSecret();
    return switch (change) {
      case CREATED ->
          new Event(
              true,
              "CertificateMade",
              "Secret %s was empty: there is a new CA, which consumers must trust."
                  .formatted(secret));
      case LEAF_RENEWED -> new Event(false, "CertificateRenewed", renewed(secret));
      case CA_ADDED ->
          new Event(
              false,
              "CAAdded",
              "The CA is being replaced: for a day both are in ca.crt, then the new one signs.");
      case CA_SWITCHED -> new Event(false, "CASwitched", "The new CA signs from now on.");
      case CA_REPLACED ->
          new Event(
              true,
              "CAReplaced",
              "The CA in Secret %s could not be used: there is a new one, which consumers must trust."
                  .formatted(secret));
      case CA_DROPPED ->
          new Event(false, "CADropped", "A CA that has expired was taken out of ca.crt.");
    };
  }
}
