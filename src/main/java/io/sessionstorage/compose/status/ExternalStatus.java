package io.sessionstorage.compose.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sessionstorage.compose.plan.ExternalPlan;
import io.sessionstorage.compose.plan.Keys;
import io.sessionstorage.compose.plan.Observed;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/** How a store is that exists already, as the provider's Connection sees it. */
public final class ExternalStatus {
  private static final Set<String> LOGIN = Set.of("WrongPassword", "PasswordRequired");

  private final ExternalPlan plan;
  private final Observed observed;
  private final JsonNode connection;

  private ExternalStatus(ExternalPlan plan, Observed observed) {
    this.plan = plan;
    this.observed = observed;
    this.connection = observed.get(Keys.EXTERNAL_CONNECTION);
  }

  /** Whether consumers can use it, and if not, why. */
  public static Finding finding(ExternalPlan plan, Observed observed) {
    return new ExternalStatus(plan, observed).finding();
  }

  /** The composite's {@code status}. */
  public static ObjectNode fields(ExternalPlan plan, Observed observed, Finding finding) {
    return new ExternalStatus(plan, observed).fields(finding);
  }

  /** The same conditions as of a store that runs here. */
  public static List<Condition> conditions(ExternalPlan plan, Observed observed, Finding finding) {
    return new ExternalStatus(plan, observed).conditions(finding);
  }

  private Finding finding() {
    JsonNode ready = condition("Ready");
    JsonNode synced = condition("Synced");
    boolean failed = is(synced, "False");
    if (is(ready, "True") && failed) {
      return new Finding(
          Phase.DEGRADED,
          true,
          "NotChecked",
          "Nothing is known to be wrong with the store, but it cannot be checked any more: "
              + message(synced));
    }
    if (is(ready, "True")) {
      return new Finding(
          Phase.READY,
          "Available",
          "Storage is ready: consumers connect with Secret %s."
              .formatted(plan.instance().connectionSecret()));
    }
    if (failed || is(ready, "False")) {
      JsonNode cause = is(ready, "False") && !message(ready).isEmpty() ? ready : synced;
      String reason = condition("PrimaryAvailable").path("reason").asText();
      return new Finding(
          wasReady() ? Phase.DEGRADED : Phase.FAILED,
          false,
          is(condition("PrimaryAvailable"), "False") ? reason : "NotUsable",
          message(cause).isEmpty() ? "The store cannot be used." : message(cause));
    }
    String lasting =
        "If this lasts, see kubectl describe connection.valkey.m.toolhive.stacklok.dev -n %s %s, and whether provider-valkey is healthy."
            .formatted(plan.instance().namespace(), plan.instance().name());
    return connection.isMissingNode()
        ? new Finding(Phase.PENDING, "Creating", "The connection is being created.")
        : new Finding(Phase.PROVISIONING, "Checking", "The store is being checked. " + lasting);
  }

  private boolean wasReady() {
    return Set.of("Ready", "Degraded")
        .contains(observed.composite().path("status").path("phase").asText());
  }

  private ObjectNode fields(Finding finding) {
    ObjectNode status = StatusFields.of(finding);
    status.put("connectionSecret", plan.instance().connectionSecret());
    JsonNode seen = connection.path("status").path("atProvider");
    if (!seen.path("version").asText().isEmpty()) {
      status.put("version", seen.path("version").asText());
    }
    JsonNode endpoint = seen.path("endpoint");
    if (endpoint.isObject()) {
      status
          .putObject("endpoint")
          .put("host", endpoint.path("host").asText())
          .put("port", endpoint.path("port").asInt())
          .put("tls", endpoint.path("tls").asBoolean());
    }
    if (!seen.path("certificateNotAfter").asText().isEmpty()) {
      status.putObject("tls").put("notAfter", seen.path("certificateNotAfter").asText());
    }
    return status;
  }

  private List<Condition> conditions(Finding finding) {
    List<Condition> conditions = new ArrayList<>();
    conditions.add(
        new Condition(
            "PrimaryAvailable", finding.available(), finding.reason(), finding.message()));
    conditions.add(credentials(finding));
    for (String type : List.of("PersistenceHealthy", "TLSValid")) {
      JsonNode seen = condition(type);
      if (seen.isObject()) {
        conditions.add(
            new Condition(type, status(seen), seen.path("reason").asText(), message(seen)));
      }
    }
    return conditions;
  }

  private static Condition credentials(Finding finding) {
    return LOGIN.contains(finding.reason())
        ? new Condition("CredentialsCurrent", false, finding.reason(), finding.message())
        : finding.available()
            ? new Condition("CredentialsCurrent", true, "Current", "The store takes the password.")
            : new Condition(
                "CredentialsCurrent",
                Condition.Status.UNKNOWN,
                "NotChecked",
                "The store has not been logged in to: see PrimaryAvailable.");
  }

  private static Condition.Status status(JsonNode condition) {
    return switch (condition.path("status").asText()) {
      case "True" -> Condition.Status.TRUE;
      case "False" -> Condition.Status.FALSE;
      default -> Condition.Status.UNKNOWN;
    };
  }

  private JsonNode condition(String type) {
    return Observed.condition(connection, type);
  }

  private static boolean is(JsonNode condition, String status) {
    return status.equals(condition.path("status").asText());
  }

  private static String message(JsonNode condition) {
    return condition.path("message").asText();
  }
}
