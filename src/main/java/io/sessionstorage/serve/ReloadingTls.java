package io.sessionstorage.serve;

import io.grpc.util.AdvancedTlsX509KeyManager;
import io.grpc.util.AdvancedTlsX509TrustManager;
import io.grpc.util.AdvancedTlsX509TrustManager.Verification;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.Arrays;
import javax.net.ssl.X509ExtendedKeyManager;
import javax.net.ssl.X509ExtendedTrustManager;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Mutual TLS from a folder of {@code tls.crt}, {@code tls.key} and {@code ca.crt}, read again when
 * they change: Crossplane renews them, and the kubelet replaces the mounted files.
 */
public final class ReloadingTls implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(ReloadingTls.class);

  private final Path directory;
  private final AdvancedTlsX509KeyManager keys = new AdvancedTlsX509KeyManager();
  private final AdvancedTlsX509TrustManager trust;
  private final Thread reloader;
  private byte[] current;

  /**
   * Reads the files and keeps watching them.
   *
   * @throws IOException if a file cannot be read
   * @throws GeneralSecurityException if a file holds no usable certificate or key
   */
  public ReloadingTls(Path directory, Duration interval)
      throws IOException, GeneralSecurityException {
    this.directory = directory;
    this.trust =
        AdvancedTlsX509TrustManager.newBuilder()
            .setVerification(Verification.CERTIFICATE_ONLY_VERIFICATION)
            .build();
    this.current = content();
    load();
    this.reloader = Thread.ofVirtual().name("tls-reload").unstarted(() -> watch(interval));
    this.reloader.start();
  }

  /** The server's certificate and key. */
  public X509ExtendedKeyManager keys() {
    return keys;
  }

  /** The authorities whose clients are let in. */
  public X509ExtendedTrustManager trust() {
    return trust;
  }

  private void load() throws IOException, GeneralSecurityException {
    X509Certificate[] chain =
        PemFiles.certificates(directory.resolve("tls.crt")).toArray(X509Certificate[]::new);
    X509Certificate[] roots =
        PemFiles.certificates(directory.resolve("ca.crt")).toArray(X509Certificate[]::new);
    var key = PemFiles.key(directory.resolve("tls.key"));
    keys.updateIdentityCredentials(chain, key);
    trust.updateTrustCredentials(roots);
  }

  private byte[] content() throws IOException {
    byte[] all = new byte[0];
    for (String name : new String[] {"tls.crt", "tls.key", "ca.crt"}) {
      byte[] file = Files.readAllBytes(directory.resolve(name));
      int end = all.length;
      all = Arrays.copyOf(all, end + file.length);
      System.arraycopy(file, 0, all, end, file.length);
    }
    return all;
  }

  private void watch(Duration interval) {
    while (!Thread.currentThread().isInterrupted()) {
      try {
        Thread.sleep(interval);
        reload();
      } catch (InterruptedException e) {
        return;
      }
    }
  }

  /**
   * A set that is half written, or broken, leaves the old one in force; it is tried again when it
   * changes.
   */
  private void reload() {
    try {
      byte[] now = content();
      if (!Arrays.equals(now, current)) {
        current = now;
        load();
        LOG.atInfo().addKeyValue("directory", directory).log("serving new certificates");
      }
    } catch (IOException
        | UncheckedIOException
        | GeneralSecurityException
        | IllegalArgumentException e) {
      LOG.atWarn()
          .addKeyValue("directory", directory)
          .addKeyValue("cause", e.toString())
          .log("cannot use the new certificates, serving the old ones");
    }
  }

  @Override
  public void close() {
    reloader.interrupt();
  }
}
