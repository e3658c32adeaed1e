package io.sessionstorage.compose.tls;

import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.CertPathValidator;
import java.security.cert.CertificateFactory;
import java.security.cert.PKIXParameters;
import java.security.cert.TrustAnchor;
import java.security.cert.X509Certificate;
import java.security.spec.PKCS8EncodedKeySpec;
import java.time.Instant;
import java.util.Base64;
import java.util.Date;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManagerFactory;

/** What the JDK makes of the PEM, read without the code under test. */
final class Pki {
  private static final char[] NO_PASSWORD = new char[0];

  private Pki() {}

  static List<X509Certificate> certificates(String pem) {
    try {
      return CertificateFactory.getInstance("X.509")
          .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.US_ASCII)))
          .stream()
          .map(X509Certificate.class::cast)
          .toList();
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  static X509Certificate leaf(Map<String, String> secret) {
    return certificates(secret.getOrDefault("tls.crt", "")).getFirst();
  }

  static X509Certificate authority(Map<String, String> secret) {
    return certificates(secret.getOrDefault("ca.crt", "")).getFirst();
  }

  static PrivateKey key(String pem) {
    try {
      String base64 = pem.replaceAll("-----[A-Z ]+-----", "");
      return KeyFactory.getInstance("EC")
          .generatePrivate(new PKCS8EncodedKeySpec(Base64.getMimeDecoder().decode(base64)));
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  /** Whether PKIX accepts the leaf at an instant. */
  static void validate(X509Certificate leaf, String trust, Instant now)
      throws GeneralSecurityException {
    PKIXParameters parameters =
        new PKIXParameters(
            certificates(trust).stream()
                .map(certificate -> new TrustAnchor(certificate, null))
                .collect(Collectors.toSet()));
    parameters.setRevocationEnabled(false);
    parameters.setDate(Date.from(now));
    CertPathValidator.getInstance("PKIX")
        .validate(
            CertificateFactory.getInstance("X.509").generateCertPath(List.of(leaf)), parameters);
  }

  /** A context for a node: it serves, connects and trusts with what is in the Secret. */
  static SSLContext context(Map<String, String> secret) {
    try {
      KeyStore keys = empty();
      keys.setKeyEntry(
          "node",
          key(secret.getOrDefault("tls.key", "")),
          NO_PASSWORD,
          new X509Certificate[] {leaf(secret)});
      KeyManagerFactory keyManagers =
          KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
      keyManagers.init(keys, NO_PASSWORD);
      KeyStore trusted = empty();
      for (X509Certificate certificate : certificates(secret.getOrDefault("ca.crt", ""))) {
        trusted.setCertificateEntry(certificate.getSerialNumber().toString(), certificate);
      }
      TrustManagerFactory trustManagers =
          TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
      trustManagers.init(trusted);
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keyManagers.getKeyManagers(), trustManagers.getTrustManagers(), null);
      return context;
    } catch (GeneralSecurityException e) {
      throw new AssertionError(e);
    }
  }

  private static KeyStore empty() throws GeneralSecurityException {
    KeyStore store = KeyStore.getInstance("PKCS12");
    try {
      store.load(null, null);
    } catch (IOException e) {
      throw new AssertionError(e);
    }
    return store;
  }
}
