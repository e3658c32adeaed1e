package io.sessionstorage.compose.tls;

import java.io.ByteArrayInputStream;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyFactory;
import java.security.cert.CertificateException;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.security.interfaces.ECPrivateKey;
import java.security.spec.PKCS8EncodedKeySpec;
import java.util.Base64;
import java.util.List;
import java.util.Optional;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/** PEM (RFC 7468). What cannot be read is left out, whatever is wrong with it. */
final class Pem {
  private static final String CERTIFICATE = "CERTIFICATE";
  private static final String PRIVATE_KEY = "PRIVATE KEY";
  private static final Pattern BLOCK =
      Pattern.compile(
          "-----BEGIN (" + CERTIFICATE + "|" + PRIVATE_KEY + ")-----([^-]*+)-----END \\1-----");
  private static final Base64.Encoder ENCODER =
      Base64.getMimeEncoder(64, "\n".getBytes(StandardCharsets.US_ASCII));

  private Pem() {}

  static List<X509Certificate> certificates(String text) {
    return blocks(CERTIFICATE, text).map(Pem::certificate).flatMap(Optional::stream).toList();
  }

  /** The first key of an elliptic curve, in PKCS#8. */
  static Optional<ECPrivateKey> key(String text) {
    return blocks(PRIVATE_KEY, text).map(Pem::key).flatMap(Optional::stream).findFirst();
  }

  static String of(List<X509Certificate> certificates) {
    StringBuilder text = new StringBuilder();
    for (X509Certificate certificate : certificates) {
      try {
        text.append(block(CERTIFICATE, certificate.getEncoded()));
      } catch (CertificateException e) {
        throw new IllegalStateException("a certificate without an encoding", e);
      }
    }
    return text.toString();
  }

  static String of(ECPrivateKey key) {
    return block(PRIVATE_KEY, key.getEncoded());
  }

  private static String block(String type, byte[] content) {
    return "-----BEGIN %1$s-----\n%2$s\n-----END %1$s-----\n"
        .formatted(type, ENCODER.encodeToString(content));
  }

  private static Stream<byte[]> blocks(String type, String text) {
    return BLOCK
        .matcher(text)
        .results()
        .filter(block -> block.group(1).equals(type))
        .map(block -> decoded(block.group(2)))
        .flatMap(Optional::stream);
  }

  private static Optional<byte[]> decoded(String base64) {
    try {
      return Optional.of(Base64.getMimeDecoder().decode(base64));
    } catch (IllegalArgumentException e) {
      return Optional.empty();
    }
  }

  private static Optional<X509Certificate> certificate(byte[] content) {
    try {
      return Optional.of(
          (X509Certificate)
              CertificateFactory.getInstance("X.509")
                  .generateCertificate(new ByteArrayInputStream(content)));
    } catch (CertificateException e) {
      return Optional.empty();
    }
  }

  private static Optional<ECPrivateKey> key(byte[] content) {
    try {
      return KeyFactory.getInstance("EC").generatePrivate(new PKCS8EncodedKeySpec(content))
              instanceof ECPrivateKey key
          ? Optional.of(key)
          : Optional.empty();
    } catch (GeneralSecurityException e) {
      return Optional.empty();
    }
  }
}
