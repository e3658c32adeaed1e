package io.sessionstorage.compose.status;

import com.fasterxml.jackson.databind.JsonNode;
import io.sessionstorage.compose.plan.Keys;
import io.sessionstorage.compose.plan.Observed;
import io.sessionstorage.compose.plan.Plan;
import io.sessionstorage.compose.plan.Tls;
import io.sessionstorage.compose.tls.Certificates;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import org.jspecify.annotations.Nullable;

/** Whether the store's connections are encrypted, and for how long its certificate is valid. */
public record Encryption(boolean valid, String reason, String message) {

  /** Of a store that has TLS. */
  public static Encryption of(Plan plan, Tls tls, Observed observed) {
    @Nullable Encryption obstacle =
        tls instanceof Tls.Issued issued ? obstacle(plan, issued, observed) : null;
    if (obstacle != null) {
      return obstacle;
    }
    JsonNode statefulSet = observed.get(Keys.STATEFUL_SET);
    if (Tls.secretOf(statefulSet).isEmpty()) {
      return new Encryption(
          false,
          "Starting",
          "No pod speaks TLS yet. Consumers need the new uri and ca.crt of Secret %s."
              .formatted(plan.instance().connectionSecret()));
    }
    if (plan.replicas() > 0 && !plan.replicated() && !Readiness.settled(statefulSet)) {
      return new Encryption(false, "Starting", "The pod is not ready yet to speak TLS.");
    }
    return switch (tls) {
      case Tls.Own own -> valid(own.certificates());
      case Tls.Issued issued ->
          new Encryption(
              true,
              "Valid",
              "The certificate is valid until %s and renewed by cert-manager, which got it from %s %s."
                  .formatted(
                      issued.notAfter().map(Encryption::text).orElse("an unknown time"),
                      issued.issuer().kind(),
                      issued.issuer().name()));
    };
  }

  private static Encryption valid(Certificates certificates) {
    return new Encryption(
        true,
        "Valid",
        "The certificate is valid until %s and renewed by itself on %s; its CA is valid until %s."
            .formatted(
                text(certificates.notAfter()),
                text(certificates.renewAt()),
                text(certificates.caNotAfter())));
  }

  /** Why there is no certificate of cert-manager to use; null: there is one. */
  private static @Nullable Encryption obstacle(Plan plan, Tls.Issued issued, Observed observed) {
    String namespace = plan.instance().namespace();
    if (!issued.supported()) {
      return new Encryption(
          false,
          "CertManagerMissing",
          "This cluster has no kind Certificate of cert-manager.io: install cert-manager, or remove spec.tls.issuerRef to have a certificate of the store's own CA.");
    }
    if (issued.notAfter().isEmpty()) {
      return new Encryption(
          false,
          "NotIssued",
          "%s %s has not issued Certificate %s yet%s. See kubectl describe certificate -n %s %3$s"
              .formatted(
                  issued.issuer().kind(),
                  issued.issuer().name(),
                  issued.secret(),
                  said(observed.get(Keys.CERTIFICATE)),
                  namespace));
    }
    if (!issued.complete()) {
      return new Encryption(
          false,
          "IssuerWithoutCA",
          "Secret %s has no ca.crt, without which nobody can check the certificate: use an issuer that tells its CA, such as one of kind CA or Vault."
              .formatted(issued.secret()));
    }
    return issued.expired()
        ? new Encryption(
            false,
            "Expired",
            "The certificate has expired on %s and clients refuse it. See why cert-manager does not renew it: kubectl describe certificate -n %s %s"
                .formatted(
                    issued.notAfter().map(Encryption::text).orElse(""), namespace, issued.secret()))
        : null;
  }

  private static String said(JsonNode certificate) {
    JsonNode ready = Observed.condition(certificate, "Ready");
    return ready.isMissingNode()
        ? ""
        : ": " + ready.path("message").asText().strip().replaceAll("[.]+$", "");
  }

  private static String text(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }
}
