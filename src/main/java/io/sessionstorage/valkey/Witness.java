package io.sessionstorage.valkey;

import java.net.Socket;
import java.security.cert.CertificateException;
import java.security.cert.CertificateExpiredException;
import java.security.cert.CertificateNotYetValidException;
import java.security.cert.CertificateParsingException;
import java.security.cert.X509Certificate;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Objects;
import javax.net.ssl.SSLEngine;
import javax.net.ssl.X509ExtendedTrustManager;
import org.jspecify.annotations.Nullable;

/** Remembers which certificate the server of one connection showed, and says why it is refused. */
final class Witness {
  private static final int DNS_NAME = 2;
  private static final int ADDRESS = 7;
  private static final int NAMES = 5;

  private @Nullable X509Certificate shown;

  X509ExtendedTrustManager wrap(X509ExtendedTrustManager judge) {
    return new Remembering(judge);
  }

  /** The server's own certificate, null if it has shown none. */
  @Nullable X509Certificate shown() {
    return shown;
  }

  /** Why the certificate that was shown is refused. */
  ValkeyException refusal(String address, CertificateException cause) {
    X509Certificate certificate = Objects.requireNonNull(shown);
    for (Throwable t = cause; t != null; t = t.getCause()) {
      if (t instanceof CertificateExpiredException) {
        return new ValkeyException(
            Failure.EXPIRED,
            "%s shows a certificate (or one of its CAs) that has expired: %s"
                .formatted(address, certificate.getNotAfter().toInstant()),
            cause);
      }
      if (t instanceof CertificateNotYetValidException) {
        return new ValkeyException(
            Failure.EXPIRED,
            "%s shows a certificate that is not valid before %s"
                .formatted(address, certificate.getNotBefore().toInstant()),
            cause);
      }
    }
    return cause.getCause() == null
        ? new ValkeyException(
            Failure.WRONG_NAME,
            "%s shows a certificate for other names: %s"
                .formatted(address, String.join(", ", names(certificate))),
            cause)
        : new ValkeyException(
            Failure.UNTRUSTED,
            "%s shows a certificate that no trusted CA has signed; its issuer is %s"
                .formatted(address, Link.shown(certificate.getIssuerX500Principal().getName())),
            cause);
  }

  private static List<String> names(X509Certificate certificate) {
    List<String> names = new ArrayList<>();
    try {
      Collection<List<?>> all = certificate.getSubjectAlternativeNames();
      for (List<?> name : all == null ? List.<List<?>>of() : all) {
        if (Integer.valueOf(DNS_NAME).equals(name.get(0))
            || Integer.valueOf(ADDRESS).equals(name.get(0))) {
          names.add(Link.shown(String.valueOf(name.get(1))));
        }
      }
    } catch (CertificateParsingException e) {
      names.clear();
    }
    return names.isEmpty() ? List.of("none") : names.subList(0, Math.min(names.size(), NAMES));
  }

  private final class Remembering extends X509ExtendedTrustManager {
    private final X509ExtendedTrustManager judge;

    Remembering(X509ExtendedTrustManager judge) {
      this.judge = judge;
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      shown = chain[0];
      judge.checkServerTrusted(chain, type, socket);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      shown = chain[0];
      judge.checkServerTrusted(chain, type, engine);
    }

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      shown = chain[0];
      judge.checkServerTrusted(chain, type);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, Socket socket)
        throws CertificateException {
      judge.checkClientTrusted(chain, type, socket);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type, SSLEngine engine)
        throws CertificateException {
      judge.checkClientTrusted(chain, type, engine);
    }

    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type)
        throws CertificateException {
      judge.checkClientTrusted(chain, type);
    }

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return judge.getAcceptedIssuers();
    }
  }
}
