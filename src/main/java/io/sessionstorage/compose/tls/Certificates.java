package io.sessionstorage.compose.tls;

import java.time.Duration;
import java.time.Instant;
import java.util.Collections;
import java.util.EnumSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Stream;

/**
 * The store's certificates.
 *
 * @param secret the data of the Secret with all certificates and keys, as observed and completed
 * @param trust every authority to trust, as PEM
 * @param notAfter when the leaf expires
 * @param caNotAfter when the authority that signs expires
 * @param renewAt when something will change next if nobody touches the Secret; always later than
 *     now
 * @param changes what changed now, in the order of {@link Change}
 */
public record Certificates(
    Map<String, String> secret,
    String trust,
    Instant notAfter,
    Instant caNotAfter,
    Instant renewAt,
    Set<Change> changes) {
  /** The bundle's name in the Secret: the authority that signs first. */
  public static final String CA = "ca.crt";

  /** The leaf's name in the Secret. */
  public static final String CERTIFICATE = "tls.crt";

  /** The name of the leaf's key in the Secret. */
  public static final String KEY = "tls.key";

  /** The name of the signing authority's key in the Secret. */
  public static final String CA_KEY = "ca.key";

  /**
   * The name of the next authority's key in the Secret. Its certificate is in the bundle, where the
   * key tells it from the others.
   */
  public static final String NEXT_CA_KEY = "next-ca.key";

  /** How long an authority is valid: ten years of 365 days. */
  public static final Duration CA_LIFE = Duration.ofDays(3650);

  /** How long a leaf is valid. */
  public static final Duration LEAF_LIFE = Duration.ofDays(90);

  /**
   * How long the next authority is trusted before it signs: everybody must have read the new bundle
   * by then.
   */
  public static final Duration OVERLAP = Duration.ofHours(24);

  /** What is due for renewal has lived this many {@link #LIFE_PARTS} of its life. */
  static final int RENEWAL_PARTS = 2;

  /** The parts that a life is counted in: renewal is at 2/3 of it. */
  static final int LIFE_PARTS = 3;

  /** How far a certificate's beginning lies in the past, for clocks that are behind. */
  static final Duration BACKDATE = Duration.ofMinutes(5);

  /**
   * Completes what was observed.
   *
   * @param observed the Secret's decoded data; whatever cannot be read counts as missing
   * @param commonName what people call the store; cut if it is too long for a certificate
   * @param dnsNames the names that the store is reached by; localhost and 127.0.0.1 come on top
   */
  public static Certificates of(
      Map<String, String> observed, String commonName, List<String> dnsNames, Instant now) {
    Authorities authorities = Authorities.of(observed, commonName, now);
    Set<Change> changes = EnumSet.noneOf(Change.class);
    changes.addAll(authorities.changes());
    Identity leaf = observedLeaf(observed, authorities.signing(), dnsNames, now).orElse(null);
    if (leaf == null) {
      leaf = Issuing.leaf(authorities.signing(), commonName, dnsNames, now);
      changes.add(Change.LEAF_RENEWED);
    }
    if (observed.isEmpty()) {
      changes = EnumSet.of(Change.CREATED);
    }
    String trust = Pem.of(authorities.bundle());
    return new Certificates(
        secret(trust, leaf, authorities),
        trust,
        leaf.notAfter(),
        authorities.signing().notAfter(),
        earlier(renewal(leaf, authorities.signing()), authorities.renewAt()),
        Collections.unmodifiableSet(changes));
  }

  private static Map<String, String> secret(String trust, Identity leaf, Authorities authorities) {
    Map<String, String> secret = new LinkedHashMap<>();
    secret.put(CA, trust);
    secret.put(CERTIFICATE, Pem.of(List.of(leaf.certificate())));
    secret.put(KEY, Pem.of(leaf.key()));
    secret.put(CA_KEY, Pem.of(authorities.signing().key()));
    Identity next = authorities.next();
    if (next != null) {
      secret.put(NEXT_CA_KEY, Pem.of(next.key()));
    }
    return Collections.unmodifiableMap(secret);
  }

  private static Optional<Identity> observedLeaf(
      Map<String, String> observed, Identity signing, List<String> dnsNames, Instant now) {
    // The signature last, which costs most.
    return Identity.of(
            Pem.certificates(observed.getOrDefault(CERTIFICATE, "")).stream().limit(1).toList(),
            observed.getOrDefault(KEY, ""))
        .filter(leaf -> leaf.validAt(now) && now.isBefore(renewal(leaf, signing)))
        .filter(leaf -> !leaf.notAfter().isAfter(signing.notAfter()))
        .filter(
            leaf -> AlternativeName.in(leaf.certificate()).equals(AlternativeName.wanted(dnsNames)))
        .filter(leaf -> leaf.isSignedBy(signing));
  }

  /**
   * A leaf that ends together with its authority is not renewed before: a new one would live no
   * longer.
   */
  private static Instant renewal(Identity leaf, Identity signing) {
    return leaf.notAfter().equals(signing.notAfter()) ? leaf.notAfter() : leaf.due();
  }

  private static Instant earlier(Instant first, Instant second) {
    return Stream.of(first, second).min(Instant::compareTo).orElseThrow();
  }
}
