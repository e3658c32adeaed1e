package io.sessionstorage.compose.tls;

import static org.assertj.core.api.Assertions.assertThat;

import java.security.GeneralSecurityException;
import java.security.KeyPairGenerator;
import java.security.Signature;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPublicKey;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Base64;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

class CertificatesTest {
  private static final Instant NOW = Instant.parse("2026-03-01T10:20:30Z");
  private static final String LONG = "a-store-whose-name-has-exactly-fifty-characters-00";
  private static final List<String> NAMES =
      List.of(
          LONG + ".team-a.svc.cluster.local",
          LONG + "-0." + LONG + "-nodes.team-a.svc.cluster.local",
          LONG + "-1." + LONG + "-nodes.team-a.svc.cluster.local",
          LONG + "-2." + LONG + "-nodes.team-a.svc.cluster.local");
  private static final String COMMON_NAME = LONG + ".team-a.svc.cluster.local";
  private static final Certificates FIRST = of(Map.of());

  @Test
  void makesAnAuthority() throws Exception {
    X509Certificate ca = Pki.authority(FIRST.secret());
    JcaX509CertificateHolder holder = new JcaX509CertificateHolder(ca);

    assertThat(Pki.certificates(FIRST.trust())).containsExactly(ca);
    assertThat(LONG).hasSize(50);
    assertThat(ca.getSubjectX500Principal().getName())
        .isEqualTo("CN=" + COMMON_NAME.substring(0, 61) + " CA");
    assertThat(ca.getIssuerX500Principal()).isEqualTo(ca.getSubjectX500Principal());
    assertThat(ca.getVersion()).isEqualTo(3);
    assertThat(ca.getSigAlgName()).isEqualTo("SHA256withECDSA");
    assertThat(bits(ca)).isEqualTo(256);
    assertThat(ca.getBasicConstraints()).isZero();
    assertThat(ca.getKeyUsage())
        .containsExactly(false, false, false, false, false, true, true, false, false);
    assertThat(ca.getCriticalExtensionOIDs()).containsExactlyInAnyOrder("2.5.29.19", "2.5.29.15");
    assertThat(ca.getNonCriticalExtensionOIDs()).containsExactly("2.5.29.14");
    assertThat(ca.getSerialNumber().signum()).isPositive();
    assertThat(ca.getSerialNumber().bitLength()).isEqualTo(128);
    assertThat(ca.getNotBefore().toInstant()).isEqualTo(NOW.minus(Duration.ofMinutes(5)));
    assertThat(ca.getNotAfter().toInstant()).isEqualTo(NOW.plus(Duration.ofDays(3650)));
    assertThat(FIRST.caNotAfter()).isEqualTo(ca.getNotAfter().toInstant());
    assertThat(holder.getExtension(Extension.subjectKeyIdentifier).getParsedValue())
        .isEqualTo(new JcaX509ExtensionUtils().createSubjectKeyIdentifier(ca.getPublicKey()));
    ca.verify(ca.getPublicKey());
    assertBelongTogether(ca, FIRST.secret().getOrDefault("ca.key", ""));
  }

  @Test
  void makesALeaf() throws Exception {
    X509Certificate leaf = Pki.leaf(FIRST.secret());
    X509Certificate ca = Pki.authority(FIRST.secret());
    JcaX509CertificateHolder holder = new JcaX509CertificateHolder(leaf);

    assertThat(Pki.certificates(FIRST.secret().getOrDefault("tls.crt", ""))).hasSize(1);
    assertThat(leaf.getSubjectX500Principal().getName())
        .isEqualTo("CN=" + COMMON_NAME.substring(0, 64));
    assertThat(leaf.getIssuerX500Principal()).isEqualTo(ca.getSubjectX500Principal());
    assertThat(leaf.getSigAlgName()).isEqualTo("SHA256withECDSA");
    assertThat(bits(leaf)).isEqualTo(256);
    assertThat(leaf.getBasicConstraints()).isEqualTo(-1);
    assertThat(leaf.getKeyUsage())
        .containsExactly(true, false, false, false, false, false, false, false, false);
    assertThat(leaf.getCriticalExtensionOIDs()).containsExactly("2.5.29.15");
    assertThat(leaf.getExtendedKeyUsage())
        .containsExactly("1.3.6.1.5.5.7.3.1", "1.3.6.1.5.5.7.3.2");
    assertThat(leaf.getSubjectAlternativeNames())
        .containsExactlyElementsOf(
            List.of(
                List.of(GeneralName.dNSName, NAMES.get(0)),
                List.of(GeneralName.dNSName, NAMES.get(1)),
                List.of(GeneralName.dNSName, NAMES.get(2)),
                List.of(GeneralName.dNSName, NAMES.get(3)),
                List.of(GeneralName.dNSName, "localhost"),
                List.of(GeneralName.iPAddress, "127.0.0.1")));
    assertThat(leaf.getSerialNumber().signum()).isPositive();
    assertThat(leaf.getSerialNumber().bitLength()).isEqualTo(128);
    assertThat(leaf.getNotBefore().toInstant()).isEqualTo(NOW.minus(Duration.ofMinutes(5)));
    assertThat(leaf.getNotAfter().toInstant()).isEqualTo(NOW.plus(Duration.ofDays(90)));
    assertThat(FIRST.notAfter()).isEqualTo(leaf.getNotAfter().toInstant());
    assertThat(holder.getExtension(Extension.authorityKeyIdentifier).getParsedValue())
        .isEqualTo(new JcaX509ExtensionUtils().createAuthorityKeyIdentifier(ca.getPublicKey()));
    assertThat(holder.getExtension(Extension.subjectKeyIdentifier).getParsedValue())
        .isEqualTo(new JcaX509ExtensionUtils().createSubjectKeyIdentifier(leaf.getPublicKey()));
    assertBelongTogether(leaf, FIRST.secret().getOrDefault("tls.key", ""));
    Pki.validate(leaf, FIRST.trust(), NOW);
  }

  @Test
  void startsWithWhatASecretNeeds() {
    assertThat(FIRST.changes()).containsExactly(Change.CREATED);
    assertThat(FIRST.secret()).containsOnlyKeys("ca.crt", "tls.crt", "tls.key", "ca.key");
    assertThat(FIRST.trust()).isEqualTo(FIRST.secret().get("ca.crt"));
    assertThat(FIRST.secret().get("tls.key")).startsWith("-----BEGIN PRIVATE KEY-----\n");
    assertThat(FIRST.secret().get("ca.key")).endsWith("\n-----END PRIVATE KEY-----\n");
  }

  @Test
  void changesNothingWithoutNeed() {
    Certificates again = of(FIRST.secret());

    assertThat(again.secret()).isEqualTo(FIRST.secret());
    assertThat(again.changes()).isEmpty();
    assertThat(again.renewAt()).isEqualTo(FIRST.renewAt());
  }

  @Test
  void neverMakesTheSameTwice() {
    assertThat(of(Map.of()).secret().values()).doesNotContainAnyElementsOf(FIRST.secret().values());
  }

  @Test
  void dropsWhatDoesNotBelongThere() {
    Certificates again = of(with("other", "value"));

    assertThat(again.secret()).isEqualTo(FIRST.secret());
    assertThat(again.changes()).isEmpty();
  }

  @Test
  void theOrderOfNamesDoesNotMatter() {
    assertThat(Certificates.of(FIRST.secret(), COMMON_NAME, NAMES.reversed(), NOW).secret())
        .isEqualTo(FIRST.secret());
  }

  @Test
  void otherNamesNeedAnotherLeaf() throws Exception {
    List<String> fewer = NAMES.subList(0, 2);

    Certificates renewed = Certificates.of(FIRST.secret(), COMMON_NAME, fewer, NOW);

    assertOnlyTheLeafIsNew(renewed);
    assertThat(Pki.leaf(renewed.secret()).getSubjectAlternativeNames()).hasSize(4);
    assertThat(Certificates.of(renewed.secret(), COMMON_NAME, NAMES, NOW).changes())
        .containsExactly(Change.LEAF_RENEWED);
  }

  @Test
  void aNameGivenTwiceOrAnywayIsWrittenOnce() {
    Certificates certificates = Certificates.of(Map.of(), "a", List.of("a", "a", "localhost"), NOW);

    assertThat(AlternativeName.in(Pki.leaf(certificates.secret()))).hasSize(3);
    assertThat(
            Certificates.of(certificates.secret(), "a", List.of("a", "a", "localhost"), NOW)
                .changes())
        .isEmpty();
  }

  @Test
  void aForeignLeafIsReplaced() {
    Map<String, String> foreign = of(Map.of()).secret();
    Map<String, String> observed = new HashMap<>(FIRST.secret());
    observed.put("tls.crt", foreign.getOrDefault("tls.crt", ""));
    observed.put("tls.key", foreign.getOrDefault("tls.key", ""));

    assertOnlyTheLeafIsNew(of(observed));
  }

  @Test
  void aLeafWithAnotherKeyIsReplaced() {
    assertOnlyTheLeafIsNew(of(with("tls.key", of(Map.of()).secret().getOrDefault("tls.key", ""))));
    assertOnlyTheLeafIsNew(of(with("tls.crt", of(Map.of()).secret().getOrDefault("tls.crt", ""))));
  }

  @ParameterizedTest
  @MethodSource("garbage")
  void anUnreadableLeafIsReplaced(String garbage) {
    assertOnlyTheLeafIsNew(of(with("tls.crt", garbage)));
    assertOnlyTheLeafIsNew(of(with("tls.key", garbage)));
  }

  @ParameterizedTest
  @MethodSource("garbage")
  void anAuthorityWithoutItsKeyIsReplacedAndStaysTrusted(String garbage) throws Exception {
    Certificates renewed = of(with("ca.key", garbage));

    assertThat(renewed.changes()).containsExactly(Change.LEAF_RENEWED, Change.CA_REPLACED);
    assertThat(Pki.certificates(renewed.trust())).hasSize(2);
    assertThat(Pki.certificates(renewed.trust()).getLast())
        .isEqualTo(Pki.authority(FIRST.secret()));
    Pki.validate(Pki.leaf(FIRST.secret()), renewed.trust(), NOW);
    assertIsGood(renewed);
  }

  @Test
  void anAuthorityWithAnotherKeyIsReplacedAndStaysTrusted() throws Exception {
    Certificates renewed = of(with("ca.key", of(Map.of()).secret().getOrDefault("ca.key", "")));

    assertThat(renewed.changes()).containsExactly(Change.LEAF_RENEWED, Change.CA_REPLACED);
    assertThat(Pki.certificates(renewed.trust())).contains(Pki.authority(FIRST.secret()));
    assertIsGood(renewed);
  }

  @ParameterizedTest
  @MethodSource("garbage")
  void anUnreadableAuthorityIsReplaced(String garbage) throws Exception {
    Certificates renewed = of(with("ca.crt", garbage));

    assertThat(renewed.changes()).containsExactly(Change.LEAF_RENEWED, Change.CA_REPLACED);
    assertThat(Pki.certificates(renewed.trust())).hasSize(1);
    assertIsGood(renewed);
  }

  @Test
  void aLeafIsNoAuthority() throws Exception {
    Map<String, String> observed = new HashMap<>(FIRST.secret());
    observed.put("ca.crt", FIRST.secret().getOrDefault("tls.crt", ""));
    observed.put("ca.key", FIRST.secret().getOrDefault("tls.key", ""));

    Certificates renewed = of(observed);

    assertThat(renewed.changes()).contains(Change.CA_REPLACED);
    assertThat(Pki.certificates(renewed.trust())).hasSize(1);
    assertIsGood(renewed);
  }

  @Test
  void readsAroundWhatIsBroken() {
    String noise = "# a comment\n-----BEGIN CERTIFICATE-----\nMIIB\n";
    Certificates again = of(with("ca.crt", noise + FIRST.trust() + "-----BEGIN CERTIFICATE-----"));

    assertThat(again.secret()).isEqualTo(FIRST.secret());
    assertThat(of(with("ca.crt", FIRST.trust() + FIRST.trust())).secret())
        .isEqualTo(FIRST.secret());
  }

  @Test
  void theNextAuthorityStepsInForALostOne() throws Exception {
    Map<String, String> added = overlapping();
    Instant now = overlap();
    X509Certificate next = Pki.certificates(added.getOrDefault("ca.crt", "")).getLast();
    added.put("ca.key", "");

    Certificates switched = Certificates.of(added, COMMON_NAME, NAMES, now);

    assertThat(switched.changes()).containsExactly(Change.LEAF_RENEWED, Change.CA_SWITCHED);
    assertThat(Pki.authority(switched.secret())).isEqualTo(next);
    Pki.validate(Pki.leaf(switched.secret()), added.getOrDefault("ca.crt", ""), now);
  }

  @ParameterizedTest
  @MethodSource("garbage")
  void aLostNextAuthorityIsMadeAnewAndTheOverlapStartsAgain(String garbage) {
    Map<String, String> added = overlapping();
    Instant later = overlap().plus(Duration.ofHours(20));
    added.put("next-ca.key", garbage);

    Certificates again = Certificates.of(added, COMMON_NAME, NAMES, later);

    assertThat(again.changes()).containsExactly(Change.CA_ADDED);
    assertThat(Pki.certificates(again.trust())).hasSize(3);
    assertThat(again.renewAt()).isEqualTo(later.plus(Duration.ofHours(24)));
  }

  @Test
  void theSameAuthorityIsNotItsOwnNext() {
    Certificates again = of(with("next-ca.key", FIRST.secret().getOrDefault("ca.key", "")));

    assertThat(again.secret()).isEqualTo(FIRST.secret());
  }

  @ParameterizedTest
  @ValueSource(longs = {1, 2, 3})
  void noByteThatIsWrongThrows(long seed) throws Exception {
    Random random = new Random(seed);
    Map<String, String> all = overlapping();
    for (int i = 0; i < 400; i++) {
      Map<String, String> observed = new HashMap<>(all);
      String key = all.keySet().stream().sorted().toList().get(random.nextInt(all.size()));
      observed.computeIfPresent(key, (_, pem) -> damaged(pem, random));
      Certificates certificates = Certificates.of(observed, COMMON_NAME, NAMES, overlap());
      Pki.validate(Pki.leaf(certificates.secret()), certificates.trust(), overlap());
      assertThat(Certificates.of(certificates.secret(), COMMON_NAME, NAMES, overlap()).secret())
          .isEqualTo(certificates.secret());
    }
  }

  @Test
  void nothingButGarbageIsAsGoodAsNothing() throws Exception {
    for (String garbage : garbage()) {
      Map<String, String> observed = new HashMap<>();
      FIRST.secret().keySet().forEach(key -> observed.put(key, garbage));
      observed.put("next-ca.key", garbage);
      assertIsGood(of(observed));
    }
  }

  /** Anything but what belongs there: a valid RSA key, too, and one of another curve. */
  static List<String> garbage() throws Exception {
    String key = FIRST.secret().getOrDefault("tls.key", "");
    return List.of(
        "",
        " ",
        "not PEM",
        "-----BEGIN CERTIFICATE-----\n-----END CERTIFICATE-----\n",
        "-----BEGIN PRIVATE KEY-----\n-----END PRIVATE KEY-----\n",
        "-----BEGIN CERTIFICATE-----\nM\n-----END CERTIFICATE-----\n",
        "-----BEGIN PRIVATE KEY-----\nM\n-----END PRIVATE KEY-----\n",
        "-----BEGIN CERTIFICATE-----\nAAAA\n-----END PRIVATE KEY-----\n",
        "-----BEGIN CERTIFICATE-----\n" + "A".repeat(400_000),
        FIRST.trust().substring(0, FIRST.trust().length() / 2),
        key.substring(0, key.length() / 2),
        key.replace("\n", "").replace("BEGIN PRIVATE KEY", "BEGIN EC PRIVATE KEY"),
        pem("RSA", 2048),
        pem("EC", 384),
        pem("Ed25519", 255),
        "\u0000\uFFFF\uD800");
  }

  private static String pem(String algorithm, int size) throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance(algorithm);
    generator.initialize(size);
    return block("PRIVATE KEY", generator.generateKeyPair().getPrivate().getEncoded());
  }

  private static String block(String type, byte[] content) {
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
        .formatted(type, Base64.getMimeEncoder().encodeToString(content));
  }

  /** The first block with some bytes changed, or cut. */
  private static String damaged(String pem, Random random) {
    String type = pem.contains("PRIVATE") ? "PRIVATE KEY" : "CERTIFICATE";
    int end = pem.indexOf("-----END");
    byte[] content = Base64.getMimeDecoder().decode(pem.substring(pem.indexOf('\n') + 1, end));
    for (int i = 0; i <= random.nextInt(3); i++) {
      content[random.nextInt(content.length)] = (byte) random.nextInt(256);
    }
    if (random.nextInt(8) == 0) {
      content = Arrays.copyOf(content, random.nextInt(content.length));
    }
    return block(type, content) + pem.substring(pem.indexOf('\n', end) + 1);
  }

  private static Instant overlap() {
    return NOW.plus(Certificates.CA_LIFE.multipliedBy(2).dividedBy(3));
  }

  private static Map<String, String> overlapping() {
    Map<String, String> added =
        Certificates.of(FIRST.secret(), COMMON_NAME, NAMES, overlap()).secret();
    assertThat(added).containsKey("next-ca.key");
    return new HashMap<>(added);
  }

  private static Certificates of(Map<String, String> observed) {
    return Certificates.of(observed, COMMON_NAME, NAMES, NOW);
  }

  private static Map<String, String> with(String key, String value) {
    Map<String, String> observed = new HashMap<>(FIRST.secret());
    observed.put(key, value);
    return observed;
  }

  private static void assertOnlyTheLeafIsNew(Certificates renewed) {
    assertThat(renewed.changes()).containsExactly(Change.LEAF_RENEWED);
    assertThat(renewed.secret())
        .containsEntry("ca.crt", FIRST.trust())
        .containsEntry("ca.key", FIRST.secret().getOrDefault("ca.key", ""));
    assertThat(Pki.leaf(renewed.secret())).isNotEqualTo(Pki.leaf(FIRST.secret()));
    assertThat(renewed.secret().get("tls.key")).isNotEqualTo(FIRST.secret().get("tls.key"));
  }

  private static void assertIsGood(Certificates certificates) throws GeneralSecurityException {
    Map<String, String> secret = certificates.secret();
    Pki.validate(Pki.leaf(secret), certificates.trust(), NOW);
    assertBelongTogether(Pki.leaf(secret), secret.getOrDefault("tls.key", ""));
    assertBelongTogether(Pki.authority(secret), secret.getOrDefault("ca.key", ""));
    assertThat(of(secret).secret()).isEqualTo(secret);
  }

  private static void assertBelongTogether(X509Certificate certificate, String key)
      throws GeneralSecurityException {
    Signature signature = Signature.getInstance("SHA256withECDSA");
    signature.initSign(Pki.key(key));
    signature.update((byte) 1);
    byte[] signed = signature.sign();
    signature.initVerify(certificate.getPublicKey());
    signature.update((byte) 1);
    assertThat(signature.verify(signed)).isTrue();
  }

  private static int bits(X509Certificate certificate) {
    return ((ECPublicKey) certificate.getPublicKey())
        .getParams()
        .getCurve()
        .getField()
        .getFieldSize();
  }
}
