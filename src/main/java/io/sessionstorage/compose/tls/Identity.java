package io.sessionstorage.compose.tls;

import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.interfaces.ECPublicKey;
import java.security.spec.ECPoint;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Optional;

/** A certificate and the key that belongs to it. */
record Identity(X509Certificate certificate, ECPrivateKey key) {
  /** The key, and the first of the certificates that it belongs to. */
  static Optional<Identity> of(List<X509Certificate> certificates, String pem) {
    if (certificates.isEmpty()) {
      return Optional.empty();
    }
    return Pem.key(pem)
        .flatMap(
            key ->
                P256.publicPoint(key)
                    .flatMap(
                        point ->
                            certificates.stream()
                                .filter(certificate -> has(certificate, point))
                                .findFirst())
                    .map(certificate -> new Identity(certificate, key)));
  }

  Instant notBefore() {
    return certificate.getNotBefore().toInstant();
  }

  Instant notAfter() {
    return certificate.getNotAfter().toInstant();
  }

  /** When it is time for a new one. */
  Instant due() {
    Duration life = Duration.between(notBefore(), notAfter());
    return notBefore()
        .plus(life.multipliedBy(Certificates.RENEWAL_PARTS).dividedBy(Certificates.LIFE_PARTS));
  }

  /** One that is not valid yet, made by a clock that was ahead, is no use to anybody. */
  boolean validAt(Instant now) {
    return !now.isBefore(notBefore()) && now.isBefore(notAfter());
  }

  boolean isSignedBy(Identity authority) {
    return isSigned(certificate, authority.certificate);
  }

  /**
   * Whether an authority signed a certificate. Cheap if asked again: the JDK keeps the certificates
   * that it parsed, and whose key verified them.
   */
  static boolean isSigned(X509Certificate certificate, X509Certificate authority) {
    if (!certificate.getIssuerX500Principal().equals(authority.getSubjectX500Principal())) {
      return false;
    }
    try {
      certificate.verify(authority.getPublicKey());
      return true;
    } catch (GeneralSecurityException e) {
      return false;
    }
  }

  private static boolean has(X509Certificate certificate, ECPoint point) {
    return certificate.getPublicKey() instanceof ECPublicKey key
        && P256.isCurveOf(key)
        && key.getW().equals(point);
  }
}
