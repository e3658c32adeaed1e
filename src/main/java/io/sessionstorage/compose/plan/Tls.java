package io.sessionstorage.compose.plan;

import com.fasterxml.jackson.databind.JsonNode;
import io.sessionstorage.api.IssuerRef;
import io.sessionstorage.compose.tls.Certificates;
import io.sessionstorage.compose.tls.Expiry;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where the servers' certificate comes from. */
public sealed interface Tls {
  /** The Secret with {@code ca.crt}, {@code tls.crt} and {@code tls.key}, which the pods mount. */
  String secret();

  /** Every authority to trust, as PEM; empty: not known yet. */
  String trust();

  /** Until when the certificate is valid; empty: there is none yet. */
  Optional<Instant> notAfter();

  /** From the store's own authority. */
  record Own(String secret, Certificates certificates) implements Tls {
    @Override
    public String trust() {
      return certificates.trust();
    }

    @Override
    public Optional<Instant> notAfter() {
      return Optional.of(certificates.notAfter());
    }
  }

  /**
   * From an issuer of cert-manager.
   *
   * @param dnsNames what the certificate has to have
   * @param supported whether the cluster knows cert-manager's kinds
   * @param complete whether the issued Secret has an authority beside the certificate
   * @param end until when the certificate is valid; null: there is none yet
   * @param expired whether that is over
   */
  record Issued(
      String secret,
      IssuerRef issuer,
      List<String> dnsNames,
      boolean supported,
      boolean complete,
      String trust,
      @Nullable Instant end,
      boolean expired)
      implements Tls {
    /** The requirement whose result is cert-manager's kind, if the cluster has it. */
    public static final String KIND = "certificate-kind";

    /** The requirement whose result is the Secret that cert-manager makes. */
    public static final String SECRET = "certificate";

    static Issued of(
        String secret, IssuerRef issuer, List<String> dnsNames, Observed observed, Instant now) {
      Map<String, String> issued = observed.requiredSecret(SECRET);
      String authority = issued.getOrDefault(Certificates.CA, "");
      @Nullable Instant end =
          Expiry.of(issued.getOrDefault(Certificates.CERTIFICATE, "")).orElse(null);
      return new Issued(
          secret,
          issuer,
          dnsNames,
          observed.has(Keys.CERTIFICATE)
              || !observed.required().getOrDefault(KIND, List.of()).isEmpty(),
          !authority.isBlank(),
          // Who runs goes on with what is trusted already.
          authority.isBlank() && Plan.isRunning(observed)
              ? observed.secret(Keys.CONNECTION).getOrDefault(Certificates.CA, "")
              : authority,
          end,
          end != null && !now.isBefore(end));
    }

    @Override
    public Optional<Instant> notAfter() {
      return Optional.ofNullable(end);
    }
  }

  /** The Secret whose certificate the pods of a StatefulSet show; empty: they speak no TLS. */
  static Optional<String> secretOf(JsonNode statefulSet) {
    for (JsonNode volume : statefulSet.path("spec").path("template").path("spec").path("volumes")) {
      if (Keys.TLS.equals(volume.path("name").asText())) {
        return Optional.of(volume.path("secret").path("secretName").asText());
      }
    }
    return Optional.empty();
  }
}
