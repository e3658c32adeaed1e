package io.sessionstorage.compose.status;

import com.fasterxml.jackson.databind.JsonNode;
import io.sessionstorage.compose.plan.Keys;
import io.sessionstorage.compose.plan.Observed;
import io.sessionstorage.compose.plan.Plan;
import io.sessionstorage.compose.tls.Certificates;
import java.time.temporal.ChronoUnit;

/** Whether the store's connections are encrypted, and for how long its certificate is valid. */
public record Encryption(boolean valid, String reason, String message) {

  /** Of a store that has TLS. */
  public static Encryption of(Plan plan, Certificates certificates, Observed observed) {
    JsonNode statefulSet = observed.get(Keys.STATEFUL_SET);
    if (!Plan.hasTls(statefulSet)) {
      return new Encryption(
          false,
          "Starting",
          "No pod speaks TLS yet. Consumers need the new uri and ca.crt of Secret %s."
              .formatted(plan.instance().connectionSecret()));
    }
    if (plan.replicas() > 0 && !plan.replicated() && !Readiness.settled(statefulSet)) {
      return new Encryption(false, "Starting", "The pod is not ready yet to speak TLS.");
    }
    return new Encryption(
        true,
        "Valid",
        "The certificate is valid until %s and renewed by itself on %s; its CA is valid until %s."
            .formatted(
                certificates.notAfter().truncatedTo(ChronoUnit.SECONDS),
                certificates.renewAt().truncatedTo(ChronoUnit.SECONDS),
                certificates.caNotAfter().truncatedTo(ChronoUnit.SECONDS)));
  }
}
