package io.sessionstorage.valkey;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.SocketTimeoutException;
import java.net.UnknownHostException;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.cert.CertificateException;
import java.security.cert.X509Certificate;
import java.util.Objects;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;

/** Opens connections, and finds out why one cannot be opened. */
final class Sockets {
  /** Of the time for a connection: the rest is for finding out what is wrong with it. */
  private static final int OPENING_PERCENT = 70;

  private final ExecutorService resolvers;

  /**
   * Opens connections.
   *
   * @param resolvers of names, which takes as long as the system likes and cannot be interrupted
   */
  Sockets(ExecutorService resolvers) {
    this.resolvers = resolvers;
  }

  /** Connects and logs in. */
  Link open(Server server, Deadline deadline) throws ValkeyException {
    InetAddress[] addresses = resolve(server.endpoint(), deadline);
    try (Deadline opening = deadline.part(OPENING_PERCENT)) {
      return open(server, addresses, opening);
    } catch (ValkeyException e) {
      if (e.failure() != Failure.CLOSED && e.failure() != Failure.TIMEOUT) {
        throw e;
      }
      throw diagnosed(server, addresses, deadline, e);
    }
  }

  private Link open(Server server, InetAddress[] addresses, Deadline deadline)
      throws ValkeyException {
    Socket raw = connect(server.endpoint(), addresses, deadline);
    try {
      Link link =
          server.endpoint().tls()
              ? secured(server, raw, deadline)
              : new Link(server, raw, raw, null, deadline);
      link.login();
      return link;
    } catch (ValkeyException e) {
      close(raw);
      throw e;
    } catch (IOException e) {
      close(raw);
      throw new ValkeyException(
          Failure.CLOSED, server.endpoint().address() + " closed the connection", e);
    }
  }

  private InetAddress[] resolve(Endpoint endpoint, Deadline deadline) throws ValkeyException {
    Future<InetAddress[]> addresses =
        resolvers.submit(() -> InetAddress.getAllByName(endpoint.host()));
    try {
      return addresses.get(deadline.left().toNanos(), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      addresses.cancel(true);
      throw new ValkeyException(
          Failure.UNKNOWN_HOST,
          "no name server says in time where %s is".formatted(endpoint.host()),
          e);
    } catch (ExecutionException e) {
      throw new ValkeyException(
          Failure.UNKNOWN_HOST,
          e.getCause() instanceof UnknownHostException
              ? "there is no host %s".formatted(endpoint.host())
              : "host %s cannot be looked up".formatted(endpoint.host()),
          e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw interrupted(endpoint, e);
    }
  }

  static ValkeyException interrupted(Endpoint endpoint, InterruptedException e) {
    return new ValkeyException(
        Failure.TIMEOUT, "%s is not waited for: shutting down".formatted(endpoint.address()), e);
  }

  /** To the first address that answers. */
  private static Socket connect(Endpoint endpoint, InetAddress[] addresses, Deadline deadline)
      throws ValkeyException {
    IOException last = new UnknownHostException();
    for (int i = 0; i < addresses.length && !deadline.passed(); i++) {
      Socket socket = new Socket();
      deadline.guard(socket);
      try {
        socket.setTcpNoDelay(true);
        long share = deadline.left().toMillis() / (addresses.length - i);
        socket.connect(
            new InetSocketAddress(addresses[i], endpoint.port()), (int) Math.max(1, share));
        return socket;
      } catch (IOException e) {
        close(socket);
        last = e;
      }
    }
    throw last instanceof SocketTimeoutException || deadline.passed()
        ? new ValkeyException(
            Failure.UNREACHABLE, endpoint.address() + " does not take a connection in time", last)
        : new ValkeyException(
            Failure.UNREACHABLE,
            "%s refuses the connection: %s"
                .formatted(endpoint.address(), Link.shown(String.valueOf(last.getMessage()))),
            last);
  }

  private static Link secured(Server server, Socket raw, Deadline deadline)
      throws ValkeyException, IOException {
    Witness witness = new Witness();
    SSLSocket socket = over(raw, server, witness);
    try {
      socket.startHandshake();
    } catch (IOException e) {
      throw handshakeFailure(server.endpoint(), witness, deadline, e);
    }
    return new Link(server, raw, socket, witness.shown(), deadline);
  }

  private static SSLSocket over(Socket raw, Server server, Witness witness)
      throws IOException, ValkeyException {
    Tls tls = Objects.requireNonNullElse(server.tls(), Tls.DEFAULTS);
    String name = Objects.requireNonNullElse(tls.serverName(), server.endpoint().host());
    SSLSocket socket = over(raw, tls.context(witness), name);
    SSLParameters parameters = socket.getSSLParameters();
    parameters.setEndpointIdentificationAlgorithm("HTTPS");
    socket.setSSLParameters(parameters);
    return socket;
  }

  private static SSLSocket over(Socket raw, SSLContext context, String name) throws IOException {
    return (SSLSocket) context.getSocketFactory().createSocket(raw, name, raw.getPort(), true);
  }

  private static ValkeyException handshakeFailure(
      Endpoint endpoint, Witness witness, Deadline deadline, IOException e) {
    String address = endpoint.address();
    if (witness.shown() != null && e.getCause() instanceof CertificateException cause) {
      return witness.refusal(address, cause);
    }
    if (deadline.passed()) {
      return new ValkeyException(
          Failure.TIMEOUT, address + " does not finish the TLS handshake in time", e);
    }
    if (Link.mentions(e, "unrecognized SSL message", "Unsupported or unrecognized")) {
      return new ValkeyException(Failure.NOT_TLS, address + " does not speak TLS", e);
    }
    return e instanceof SSLException && Link.mentions(e, "alert", "protocol", "cipher")
        ? new ValkeyException(
            Failure.TLS_FAILED,
            "%s refuses the TLS handshake: %s"
                .formatted(address, Link.shown(String.valueOf(e.getMessage()))),
            e)
        : new ValkeyException(
            Failure.CLOSED, address + " closed the connection in the TLS handshake", e);
  }

  /** Whether the server would have answered, had it been asked with TLS, or without. */
  private static ValkeyException diagnosed(
      Server server, InetAddress[] addresses, Deadline deadline, ValkeyException found) {
    Endpoint endpoint = server.endpoint();
    String address = endpoint.address();
    if (endpoint.tls() && answersPlaintext(endpoint, addresses, deadline)) {
      return new ValkeyException(Failure.NOT_TLS, address + " does not speak TLS", found);
    }
    if (!endpoint.tls() && answersTls(endpoint, addresses, deadline)) {
      return new ValkeyException(Failure.TLS_REQUIRED, address + " speaks TLS", found);
    }
    if (endpoint.tls()
        && found.failure() == Failure.CLOSED
        && wantsCertificate(server, addresses, deadline)) {
      return new ValkeyException(
          Failure.CLIENT_CERTIFICATE,
          address + " wants a client certificate, or another one",
          found);
    }
    return found;
  }

  private static boolean answersPlaintext(
      Endpoint endpoint, InetAddress[] addresses, Deadline deadline) {
    try (Socket socket = connect(endpoint, addresses, deadline)) {
      socket.getOutputStream().write("PING\r\n".getBytes(StandardCharsets.US_ASCII));
      InputStream in = socket.getInputStream();
      int first = in.read();
      return first == '+' || first == '-';
    } catch (IOException | ValkeyException e) {
      return false;
    }
  }

  private static boolean answersTls(Endpoint endpoint, InetAddress[] addresses, Deadline deadline) {
    try (Socket raw = connect(endpoint, addresses, deadline)) {
      SSLContext context = SSLContext.getInstance("TLS");
      context.init(null, new TrustManager[] {new Anybody()}, null);
      over(raw, context, endpoint.host()).startHandshake();
      return true;
    } catch (SSLException e) {
      return Link.mentions(e, "fatal alert");
    } catch (IOException | GeneralSecurityException | ValkeyException e) {
      return false;
    }
  }

  /**
   * With TLS 1.3 a server refuses a client's certificate after the handshake, and its alert is lost
   * if something has been sent to it meanwhile. So this only listens.
   */
  private static boolean wantsCertificate(
      Server server, InetAddress[] addresses, Deadline deadline) {
    try (Socket raw = connect(server.endpoint(), addresses, deadline)) {
      SSLSocket socket = over(raw, server, new Witness());
      socket.startHandshake();
      socket.getInputStream().read();
      return false;
    } catch (SSLException e) {
      return Link.mentions(e, Link.CERTIFICATE_ALERTS);
    } catch (IOException | ValkeyException e) {
      return false;
    }
  }

  static void close(@Nullable Socket socket) {
    if (socket == null) {
      return;
    }
    try {
      socket.close();
    } catch (IOException e) {
      throw new UncheckedIOException("a socket does not close", e);
    }
  }

  /**
   * For the one question whether a port speaks TLS: nothing is sent to it, and nothing believed.
   */
  private static final class Anybody implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
