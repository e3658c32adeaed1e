package io.sessionstorage.compose.tls;

import java.security.cert.X509Certificate;
import java.time.Instant;
import java.util.EnumSet;
import java.util.LinkedHashSet;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * Who signs, who will, and who is trusted.
 *
 * @param next the authority that will sign once everybody trusts it
 * @param bundle every authority to trust: the one that signs, the next one, those before
 */
record Authorities(
    Identity signing, @Nullable Identity next, List<X509Certificate> bundle, Set<Change> changes) {

  static Authorities of(Map<String, String> observed, String commonName, Instant now) {
    List<X509Certificate> known =
        Pem.certificates(observed.getOrDefault(Certificates.CA, "")).stream()
            .filter(Authorities::isRoot)
            .toList();
    Identity signing = usable(known, observed, Certificates.CA_KEY, now).orElse(null);
    Identity next = usable(known, observed, Certificates.NEXT_CA_KEY, now).orElse(null);
    if (next != null && next.equals(signing)) {
      next = null;
    }
    Set<Change> changes = EnumSet.noneOf(Change.class);
    if (next != null && (signing == null || !now.isBefore(switchAt(signing, next)))) {
      signing = next;
      next = null;
      changes.add(Change.CA_SWITCHED);
    }
    if (signing == null) {
      signing = Issuing.authority(commonName, now);
      changes.add(Change.CA_REPLACED);
    }
    if (next == null && !now.isBefore(signing.due())) {
      next = Issuing.authority(commonName, now);
      changes.add(Change.CA_ADDED);
    }
    List<X509Certificate> trusted =
        known.stream().filter(certificate -> !expired(certificate, now)).toList();
    if (trusted.size() < known.size()) {
      changes.add(Change.CA_DROPPED);
    }
    return new Authorities(signing, next, bundle(signing, next, trusted), changes);
  }

  /** When these authorities change next. */
  Instant renewAt() {
    Instant successor = next == null ? signing.due() : switchAt(signing, next);
    return Stream.concat(Stream.of(successor), bundle.stream().map(Authorities::end))
        .min(Instant::compareTo)
        .orElseThrow();
  }

  private static Instant switchAt(Identity signing, Identity next) {
    Instant overlapped = next.notBefore().plus(Certificates.BACKDATE).plus(Certificates.OVERLAP);
    return overlapped.isBefore(signing.notAfter()) ? overlapped : signing.notAfter();
  }

  private static Optional<Identity> usable(
      List<X509Certificate> known, Map<String, String> observed, String key, Instant now) {
    return Identity.of(known, observed.getOrDefault(key, "")).filter(ca -> ca.validAt(now));
  }

  private static List<X509Certificate> bundle(
      Identity signing, @Nullable Identity next, List<X509Certificate> trusted) {
    Set<X509Certificate> bundle = new LinkedHashSet<>();
    bundle.add(signing.certificate());
    if (next != null) {
      bundle.add(next.certificate());
    }
    bundle.addAll(trusted);
    return List.copyOf(bundle);
  }

  /** Its own signature shows a wrong byte anywhere, such as in the name that leaves refer to. */
  private static boolean isRoot(X509Certificate certificate) {
    return certificate.getBasicConstraints() >= 0 && Identity.isSigned(certificate, certificate);
  }

  private static boolean expired(X509Certificate certificate, Instant now) {
    return !now.isBefore(end(certificate));
  }

  private static Instant end(X509Certificate certificate) {
    return certificate.getNotAfter().toInstant();
  }
}
