package io.sessionstorage.compose.tls;

import java.math.BigInteger;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.PublicKey;
import java.security.SecureRandom;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.ECGenParameterSpec;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import java.util.List;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.ExtendedKeyUsage;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.KeyPurposeId;
import org.bouncycastle.asn1.x509.KeyUsage;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.X509v3CertificateBuilder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509ExtensionUtils;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/** Makes keys and certificates. */
final class Issuing {
  /** The longest common name (RFC 5280, ub-common-name). */
  private static final int NAME_LENGTH = 64;

  private static final String AUTHORITY = " CA";
  private static final int SERIAL_BITS = 128;

  private Issuing() {}

  /** A new authority, which signs itself. */
  static Identity authority(String commonName, Instant now) {
    X500Name name = name(cut(commonName, NAME_LENGTH - AUTHORITY.length()) + AUTHORITY);
    Instant from = wholeSecond(now);
    try {
      KeyPair keys = keys();
      X509v3CertificateBuilder certificate =
          builder(name, from, from.plus(Certificates.CA_LIFE), name, keys.getPublic())
              .addExtension(Extension.basicConstraints, true, new BasicConstraints(0))
              .addExtension(
                  Extension.keyUsage, true, new KeyUsage(KeyUsage.keyCertSign | KeyUsage.cRLSign));
      return signed(certificate, keys.getPrivate(), keys.getPrivate());
    } catch (GeneralSecurityException | CertIOException | OperatorCreationException e) {
      throw unable(e);
    }
  }

  /** A new leaf with a new key. */
  static Identity leaf(Identity authority, String commonName, List<String> dnsNames, Instant now) {
    Instant from = wholeSecond(now);
    Instant longest = from.plus(Certificates.LEAF_LIFE);
    Instant notAfter = longest.isBefore(authority.notAfter()) ? longest : authority.notAfter();
    try {
      KeyPair keys = keys();
      X509v3CertificateBuilder certificate =
          builder(
                  new JcaX509CertificateHolder(authority.certificate()).getSubject(),
                  from,
                  notAfter,
                  name(cut(commonName, NAME_LENGTH)),
                  keys.getPublic())
              .addExtension(
                  Extension.authorityKeyIdentifier,
                  false,
                  new JcaX509ExtensionUtils()
                      .createAuthorityKeyIdentifier(authority.certificate().getPublicKey()))
              .addExtension(Extension.keyUsage, true, new KeyUsage(KeyUsage.digitalSignature))
              .addExtension(
                  Extension.extendedKeyUsage,
                  false,
                  new ExtendedKeyUsage(
                      new KeyPurposeId[] {
                        KeyPurposeId.id_kp_serverAuth, KeyPurposeId.id_kp_clientAuth
                      }))
              .addExtension(
                  Extension.subjectAlternativeName,
                  false,
                  AlternativeName.encoded(AlternativeName.wanted(dnsNames)));
      return signed(certificate, authority.key(), keys.getPrivate());
    } catch (GeneralSecurityException | CertIOException | OperatorCreationException e) {
      throw unable(e);
    }
  }

  private static X509v3CertificateBuilder builder(
      X500Name issuer, Instant from, Instant notAfter, X500Name subject, PublicKey key)
      throws GeneralSecurityException, CertIOException {
    return new JcaX509v3CertificateBuilder(
            issuer,
            new BigInteger(SERIAL_BITS - 1, new SecureRandom()).setBit(SERIAL_BITS - 1),
            Date.from(from.minus(Certificates.BACKDATE)),
            Date.from(notAfter),
            subject,
            key)
        .addExtension(
            Extension.subjectKeyIdentifier,
            false,
            new JcaX509ExtensionUtils().createSubjectKeyIdentifier(key));
  }

  private static Identity signed(
      X509v3CertificateBuilder certificate, PrivateKey signer, PrivateKey key)
      throws GeneralSecurityException, OperatorCreationException {
    return new Identity(
        new JcaX509CertificateConverter()
            .getCertificate(
                certificate.build(new JcaContentSignerBuilder("SHA256withECDSA").build(signer))),
        (ECPrivateKey) key);
  }

  private static KeyPair keys() throws GeneralSecurityException {
    KeyPairGenerator generator = KeyPairGenerator.getInstance("EC");
    generator.initialize(new ECGenParameterSpec(P256.NAME));
    return generator.generateKeyPair();
  }

  private static X500Name name(String commonName) {
    return new X500NameBuilder(BCStyle.INSTANCE).addRDN(BCStyle.CN, commonName).build();
  }

  private static String cut(String name, int length) {
    return name.length() <= length ? name : name.substring(0, length);
  }

  /** Certificates know no fractions. Rounded up, so that the overlap is none too short. */
  private static Instant wholeSecond(Instant now) {
    return now.plusNanos(999_999_999).truncatedTo(ChronoUnit.SECONDS);
  }

  private static IllegalStateException unable(Exception cause) {
    return new IllegalStateException("The JDK makes no certificate of " + P256.NAME, cause);
  }
}
