package io.sessionstorage.compose.tls;

import java.time.Instant;
import java.util.Optional;

/** When certificates that somebody else has made end. */
public final class Expiry {
  private Expiry() {}

  /** The end of the first certificate of a chain; empty if it has none that can be read. */
  public static Optional<Instant> of(String pem) {
    return Pem.certificates(pem).stream()
        .findFirst()
        .map(certificate -> certificate.getNotAfter().toInstant());
  }
}
