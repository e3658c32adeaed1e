package io.sessionstorage.compose.tls;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.io.IOException;
import java.net.InetAddress;
import java.net.Socket;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLServerSocket;
import javax.net.ssl.SSLSocket;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** Two nodes talk to each other over TLS. */
class HandshakeTest {
  private static final String HOST = "sessions.team-a.svc.cluster.local";
  private static final int TIMEOUT = (int) Duration.ofSeconds(20).toMillis();
  private final Map<String, String> secret =
      Certificates.of(Map.of(), "sessions", List.of(HOST), Instant.now()).secret();

  @ParameterizedTest
  @ValueSource(strings = {HOST, "localhost", "127.0.0.1"})
  void nodesTrustEachOtherByName(String host) throws Exception {
    assertThat(connect(secret, secret, host)).isEqualTo("CN=sessions");
  }

  @ParameterizedTest
  @ValueSource(strings = {"other.team-a.svc.cluster.local", "127.0.0.2"})
  void anotherNameIsRefused(String host) {
    assertThatThrownBy(() -> connect(secret, secret, host))
        .isInstanceOf(SSLException.class)
        .hasMessageContaining("No subject alternative");
  }

  @Test
  void aStrangersAuthorityIsRefused() {
    Map<String, String> stranger =
        Certificates.of(Map.of(), "sessions", List.of(HOST), Instant.now()).secret();

    assertThatThrownBy(() -> connect(secret, stranger, HOST)).isInstanceOf(SSLException.class);
  }

  @Test
  void whoKnowsBothAuthoritiesTalksToEither() throws Exception {
    Instant now = Instant.now();
    Instant start =
        now.minus(Certificates.CA_LIFE.multipliedBy(2).dividedBy(3)).minus(Certificates.OVERLAP);
    Map<String, String> old = Certificates.of(Map.of(), "sessions", List.of(HOST), start).secret();
    Map<String, String> added =
        Certificates.of(old, "sessions", List.of(HOST), now.minus(Certificates.OVERLAP)).secret();
    Map<String, String> switched =
        Certificates.of(added, "sessions", List.of(HOST), now.plusSeconds(1)).secret();

    assertThat(Pki.authority(switched)).isNotEqualTo(Pki.authority(added));
    assertThat(connect(added, switched, HOST)).isEqualTo("CN=sessions");
    assertThat(connect(switched, added, HOST)).isEqualTo("CN=sessions");
    Map<String, String> both = new HashMap<>(switched);
    both.put("tls.crt", added.getOrDefault("tls.crt", ""));
    both.put("tls.key", added.getOrDefault("tls.key", ""));
    assertThat(connect(both, switched, HOST)).isEqualTo("CN=sessions");
  }

  /** The name that the server knows the client by. */
  private static String connect(Map<String, String> server, Map<String, String> client, String host)
      throws Exception {
    try (ExecutorService executor = Executors.newSingleThreadExecutor();
        SSLServerSocket listening =
            (SSLServerSocket)
                Pki.context(server)
                    .getServerSocketFactory()
                    .createServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      listening.setNeedClientAuth(true);
      listening.setSoTimeout(TIMEOUT);
      Future<String> peer = executor.submit(() -> accept(listening));
      try (Socket plain = new Socket(listening.getInetAddress(), listening.getLocalPort());
          SSLSocket socket =
              (SSLSocket)
                  Pki.context(client)
                      .getSocketFactory()
                      .createSocket(plain, host, listening.getLocalPort(), true)) {
        socket.setSoTimeout(TIMEOUT);
        SSLParameters parameters = socket.getSSLParameters();
        parameters.setEndpointIdentificationAlgorithm("HTTPS");
        socket.setSSLParameters(parameters);
        socket.startHandshake();
        socket.getOutputStream().write('?');
        assertThat(socket.getInputStream().read()).isEqualTo('!');
      }
      return peer.get(TIMEOUT, TimeUnit.MILLISECONDS);
    }
  }

  private static String accept(SSLServerSocket listening) throws IOException {
    try (SSLSocket socket = (SSLSocket) listening.accept()) {
      socket.setSoTimeout(TIMEOUT);
      assertThat(socket.getInputStream().read()).isEqualTo('?');
      socket.getOutputStream().write('!');
      return socket.getSession().getPeerPrincipal().getName();
    }
  }
}
