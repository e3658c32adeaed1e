package io.sessionstorage.valkey;

import java.io.IOException;
import java.io.StringReader;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.PrivateKey;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.List;
import javax.net.ssl.KeyManager;
import javax.net.ssl.KeyManagerFactory;
import javax.net.ssl.SSLContext;
import javax.net.ssl.TrustManager;
import javax.net.ssl.TrustManagerFactory;
import javax.net.ssl.X509ExtendedTrustManager;
import org.bouncycastle.asn1.pkcs.PrivateKeyInfo;
import org.bouncycastle.cert.X509CertificateHolder;
import org.bouncycastle.cert.jcajce.JcaX509CertificateConverter;
import org.bouncycastle.openssl.PEMException;
import org.bouncycastle.openssl.PEMKeyPair;
import org.bouncycastle.openssl.PEMParser;
import org.bouncycastle.openssl.jcajce.JcaPEMKeyConverter;
import org.jspecify.annotations.Nullable;

/**
 * How a server's certificate is checked, and which one is shown to it. All texts are PEM.
 *
 * @param trust the CAs that may have signed the server's certificate, null: those of the system
 * @param serverName the name that must be in the server's certificate, null: the endpoint's host
 * @param certificate of this client and those that signed it, null: none is shown
 * @param key of {@code certificate}: PKCS#8, PKCS#1 or SEC1
 */
public record Tls(
    @Nullable String trust,
    @Nullable String serverName,
    @Nullable String certificate,
    @Nullable String key) {
  private static final char[] NO_PASSWORD = new char[0];

  /** The system's CAs, the endpoint's host, no certificate. */
  public static final Tls DEFAULTS = new Tls(null, null, null, null);

  /**
   * A context whose trust is wrapped in {@code witness}.
   *
   * @throws ValkeyException if one of the texts cannot be read
   */
  SSLContext context(Witness witness) throws ValkeyException {
    try {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(keyManagers(), new TrustManager[] {witness.wrap(trustManager())}, null);
      return context;
    } catch (GeneralSecurityException | IOException e) {
      throw new ValkeyException(
          Failure.BAD_SETTINGS, "the client certificate and its key cannot be used together", e);
    }
  }

  private X509ExtendedTrustManager trustManager()
      throws GeneralSecurityException, IOException, ValkeyException {
    TrustManagerFactory factory =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    factory.init(trust == null ? null : store(certificates("the CA", trust)));
    for (TrustManager manager : factory.getTrustManagers()) {
      if (manager instanceof X509ExtendedTrustManager x509) {
        return x509;
      }
    }
    throw new GeneralSecurityException("no trust manager for X.509");
  }

  private static KeyStore store(List<X509Certificate> certificates)
      throws GeneralSecurityException, IOException {
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    for (int i = 0; i < certificates.size(); i++) {
      store.setCertificateEntry("ca-" + i, certificates.get(i));
    }
    return store;
  }

  private KeyManager @Nullable [] keyManagers()
      throws GeneralSecurityException, IOException, ValkeyException {
    if (certificate == null || key == null) {
      return null;
    }
    KeyStore store = KeyStore.getInstance(KeyStore.getDefaultType());
    store.load(null, null);
    store.setKeyEntry(
        "client",
        privateKey(key),
        NO_PASSWORD,
        certificates("the client certificate", certificate).toArray(Certificate[]::new));
    KeyManagerFactory factory =
        KeyManagerFactory.getInstance(KeyManagerFactory.getDefaultAlgorithm());
    factory.init(store, NO_PASSWORD);
    return factory.getKeyManagers();
  }

  private static List<X509Certificate> certificates(String what, String pem)
      throws ValkeyException {
    List<X509Certificate> certificates = new ArrayList<>();
    try (PEMParser parser = new PEMParser(new StringReader(pem))) {
      for (Object block = parser.readObject(); block != null; block = parser.readObject()) {
        if (block instanceof X509CertificateHolder holder) {
          certificates.add(new JcaX509CertificateConverter().getCertificate(holder));
        }
      }
    } catch (IOException | GeneralSecurityException | RuntimeException e) {
      throw unreadable(what, e);
    }
    if (certificates.isEmpty()) {
      throw unreadable(what, null);
    }
    return certificates;
  }

  private static PrivateKey privateKey(String pem) throws ValkeyException {
    JcaPEMKeyConverter converter = new JcaPEMKeyConverter();
    try (PEMParser parser = new PEMParser(new StringReader(pem))) {
      for (Object block = parser.readObject(); block != null; block = parser.readObject()) {
        if (block instanceof PEMKeyPair pair) {
          return converter.getPrivateKey(pair.getPrivateKeyInfo());
        }
        if (block instanceof PrivateKeyInfo info) {
          return converter.getPrivateKey(info);
        }
      }
    } catch (IOException | RuntimeException e) {
      throw unreadable("the client certificate's key", e);
    }
    throw unreadable("the client certificate's key", null);
  }

  /** The cause may quote the text: it is left out for a key's sake. */
  private static ValkeyException unreadable(String what, @Nullable Exception cause) {
    return new ValkeyException(
        Failure.BAD_SETTINGS,
        what + (cause instanceof PEMException ? " holds broken PEM" : " holds no PEM of its kind"));
  }

  /** Without the key. */
  @Override
  public String toString() {
    return "Tls[serverName=" + serverName + "]";
  }
}
