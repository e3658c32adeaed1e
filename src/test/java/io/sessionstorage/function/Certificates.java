package io.sessionstorage.function;

import java.io.IOException;
import java.io.StringWriter;
import java.io.UncheckedIOException;
import java.math.BigInteger;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.KeyPair;
import java.security.KeyPairGenerator;
import java.security.PrivateKey;
import java.security.cert.X509Certificate;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Date;
import org.bouncycastle.asn1.DERPrintableString;
import org.bouncycastle.asn1.x500.X500Name;
import org.bouncycastle.asn1.x500.X500NameBuilder;
import org.bouncycastle.asn1.x500.style.BCStyle;
import org.bouncycastle.asn1.x509.BasicConstraints;
import org.bouncycastle.asn1.x509.Extension;
import org.bouncycastle.asn1.x509.GeneralName;
import org.bouncycastle.asn1.x509.GeneralNames;
import org.bouncycastle.cert.CertIOException;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.cert.jcajce.JcaX509v3CertificateBuilder;
import org.bouncycastle.openssl.jcajce.JcaPEMWriter;
import org.bouncycastle.operator.OperatorCreationException;
import org.bouncycastle.operator.jcajce.JcaContentSignerBuilder;

/**
 * An authority like Crossplane's: RSA-2048, PKCS#1 keys, and the same subject, of country "Earth",
 * in every certificate.
 */
final class Certificates {
  private static final X500Name SUBJECT =
      new X500NameBuilder()
          .addRDN(BCStyle.C, new DERPrintableString("Earth"))
          .addRDN(BCStyle.O, new DERPrintableString("Crossplane"))
          .addRDN(BCStyle.CN, new DERPrintableString("Crossplane"))
          .build();

  private final KeyPair keys = pair();
  private final X509Certificate root = sign(keys, true);

  /** Writes tls.crt, tls.key and ca.crt for a new certificate into {@code directory}. */
  X509Certificate issue(Path directory) {
    KeyPair leaf = pair();
    X509Certificate certificate = sign(leaf, false);
    write(directory.resolve("tls.crt"), certificate);
    write(directory.resolve("tls.key"), leaf.getPrivate());
    write(directory.resolve("ca.crt"), root);
    return certificate;
  }

  private static KeyPair pair() {
    try {
      KeyPairGenerator generator = KeyPairGenerator.getInstance("RSA");
      generator.initialize(2048);
      return generator.generateKeyPair();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private X509Certificate sign(KeyPair subject, boolean authority) {
    Instant now = Instant.now();
    try {
      JcaX509v3CertificateBuilder builder =
          new JcaX509v3CertificateBuilder(
              SUBJECT,
              BigInteger.valueOf(2022),
              Date.from(now.minus(1, ChronoUnit.HOURS)),
              Date.from(now.plus(1, ChronoUnit.HOURS)),
              SUBJECT,
              subject.getPublic());
      if (authority) {
        builder.addExtension(Extension.basicConstraints, true, new BasicConstraints(true));
      } else {
        builder.addExtension(
            Extension.subjectAlternativeName,
            false,
            new GeneralNames(new GeneralName(GeneralName.dNSName, "localhost")));
      }
      return new JcaX509CertificateConverter()
          .getCertificate(
              builder.build(new JcaContentSignerBuilder("SHA256withRSA").build(keys.getPrivate())));
    } catch (GeneralSecurityException | CertIOException | OperatorCreationException e) {
      throw new AssertionError(e);
    }
  }

  private static void write(Path file, Object object) {
    StringWriter text = new StringWriter();
    try (JcaPEMWriter pem = new JcaPEMWriter(text)) {
      pem.writeObject(object);
      pem.flush();
      Files.writeString(file, text.toString());
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    if (object instanceof PrivateKey && !text.toString().contains("BEGIN RSA PRIVATE KEY")) {
      throw new AssertionError("not PKCS#1");
    }
  }
}
