package io.sessionstorage.compose.status;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sessionstorage.compose.plan.Keys;
import io.sessionstorage.compose.plan.Observed;
import io.sessionstorage.compose.plan.Plan;
import io.sessionstorage.compose.plan.Report;
import io.sessionstorage.compose.plan.Tls;
import java.time.temporal.ChronoUnit;
import java.util.Optional;

/** The composite's {@code status}, without conditions. No field changes on every run. */
public final class StatusFields {
  private StatusFields() {}

  /** Of a store that runs here. */
  public static ObjectNode of(Plan plan, Observed observed, Finding finding) {
    boolean ready = finding.phase() == Phase.READY;
    int nodes = observed.get(Keys.STATEFUL_SET).path("status").path("readyReplicas").asInt();
    ObjectNode status = of(finding);
    status.put("connectionSecret", plan.instance().connectionSecret());
    status.put("version", plan.version());
    status
        .putObject("endpoint")
        .put("host", plan.host())
        .put("port", Plan.PORT)
        .put("tls", plan.tls() != null);
    Optional.ofNullable(plan.tls())
        .flatMap(Tls::notAfter)
        .map(end -> end.truncatedTo(ChronoUnit.SECONDS).toString())
        .ifPresent(end -> status.putObject("tls").put("notAfter", end));
    status.set("credentials", Secrecy.status(plan));
    status
        .putObject("replicas")
        .put("ready", plan.replicated() ? nodes : ready ? plan.replicas() : 0)
        .put("wanted", plan.replicas());
    primary(plan, ready).ifPresent(pod -> status.put("primary", pod));
    BackupStatus.fields(plan, status);
    return status;
  }

  private static Optional<String> primary(Plan plan, boolean ready) {
    if (plan.replicated()) {
      return Optional.ofNullable(plan.observation().now()).flatMap(Report::primary);
    }
    return ready ? Optional.of(plan.instance().pod()) : Optional.empty();
  }

  /** What every store has. */
  public static ObjectNode of(Finding finding) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("phase", finding.phase().text())
        .put("message", finding.message());
  }
}
