package io.sessionstorage.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.client.LocalPortForward;
import java.io.ByteArrayInputStream;
import java.io.IOException;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.GeneralSecurityException;
import java.security.KeyStore;
import java.security.cert.Certificate;
import java.security.cert.CertificateFactory;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.concurrent.CompletableFuture;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLException;
import javax.net.ssl.SSLParameters;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManagerFactory;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Stores that speak TLS, and nothing else. */
@ResourceLock(value = Installation.LOCK, mode = ResourceAccessMode.READ)
@TestInstance(Lifecycle.PER_CLASS)
class TlsIT {
  private static final String LARGE =
      "{size: large, tls: {enabled: true}, resources: {cpu: 50m, memory: 256Mi}}";

  @AutoClose private final TestNamespace namespace = namespace();

  private static TestNamespace namespace() {
    Installation.NAMESPACED.require();
    return new TestNamespace("tls");
  }

  @Test
  void consumersOfAMediumStoreUseTlsAndItsCertificateIsReplacedWhileTheyAreConnected()
      throws Exception {
    Store store = namespace.store("encrypted").apply("{size: medium, tls: {enabled: true}}");
    store.awaitReady();
    Consumer proxy = Consumer.of(store, "proxy", Consumer.PROXY).awaitConnected();

    assertThat(store.secret("encrypted-connection", "uri")).startsWith("rediss://default:");
    assertThat(store.status("endpoint", "tls")).isEqualTo("true");
    assertThat(store.condition("TLSValid")).startsWith("True Valid The certificate is valid until");
    assertThat(proxy.shell("valkey-cli -h \"$HOST\" -p \"$PORT\" PING").text())
        .doesNotContain("PONG");
    String host = store.status("endpoint", "host");
    X509Certificate first = served(store, host);
    assertThat(first.getNotAfter().toInstant()).hasToString(store.status("tls", "notAfter"));
    assertThatThrownBy(() -> served(store, "elsewhere.example.org"))
        .isInstanceOf(SSLException.class);

    CompletableFuture<Reply> connected =
        CompletableFuture.supplyAsync(
            () ->
                proxy.shell(
                    Consumer.TLS
                        + """
                        { n=0; while [ ! -e /dev/shm/done ] && [ "$n" -lt 300 ]; do echo PING; n=$((n + 1)); sleep 1; done; } |
                          valkey-cli $TLS -h "$HOST" -p "$PORT" 2>&1 | sort | uniq -c
                        """));
    String pod = store.pod().getMetadata().getUid();
    Cluster.CLIENT
        .secrets()
        .inNamespace(namespace.name())
        .withName("encrypted-tls")
        .edit(
            secret -> {
              secret.getData().remove("tls.crt");
              return secret;
            });
    await("another certificate")
        .atMost(Duration.ofMinutes(4))
        .pollInterval(Duration.ofSeconds(2))
        .ignoreExceptions()
        .until(() -> !served(store, host).equals(first));
    proxy.shell("touch /dev/shm/done");

    assertThat(connected.join().text()).matches("\\d+ PONG");
    assertThat(store.pod().getMetadata().getUid()).isEqualTo(pod);
    assertThat(Pods.restarts(store.pod(), "valkey")).isZero();
    assertThat(proxy.ask("PING")).isEqualTo("PONG");
  }

  @Test
  void clientsOfALargeStoreDoNotNoticeThatThePrimarysPodIsDeleted() {
    Store store = namespace.store("large").apply(LARGE).awaitReady();
    Consumer proxy = Consumer.of(store, "large-proxy", Consumer.PROXY).awaitConnected();
    await("every node")
        .atMost(Duration.ofMinutes(2))
        .untilAsserted(() -> assertThat(store.status("replicas", "ready")).isEqualTo("3"));

    CompletableFuture<Load> load = Load.start(proxy, 20, "tls");
    Cluster.CLIENT.resource(store.primary()).delete();

    assertThat(load.join().written()).isGreaterThan(50);
    assertThat(load.join().failed()).isZero();
    assertThat(load.join().lost()).isZero();
    for (String port : new String[] {"6379", "26379"}) {
      assertThat(
              proxy
                  .shell("timeout 5 valkey-cli -h \"$1\" -p \"$2\" PING", "large-sentinel", port)
                  .text())
          .doesNotContain("PONG");
    }

    store.apply("{size: large, tls: {enabled: false}, resources: {cpu: 50m, memory: 256Mi}}");
    await("refused")
        .atMost(Duration.ofMinutes(2))
        .untilAsserted(
            () ->
                assertThat(store.condition("Synced"))
                    .contains("spec.tls.enabled: cannot change while nodes run"));
  }

  /** The certificate that the store's first pod shows to somebody who asks for {@code host}. */
  private static X509Certificate served(Store store, String host)
      throws IOException, GeneralSecurityException {
    try (LocalPortForward forward =
            Cluster.CLIENT
                .pods()
                .inNamespace(store.namespace())
                .withName(store.name() + "-0")
                .portForward(6379);
        Socket plain = new Socket(forward.getLocalAddress(), forward.getLocalPort());
        SSLSocket socket =
            (SSLSocket)
                trusting(store.secret(store.name() + "-connection", "ca.crt"))
                    .getSocketFactory()
                    .createSocket(plain, host, 6379, true)) {
      SSLParameters parameters = socket.getSSLParameters();
      parameters.setEndpointIdentificationAlgorithm("HTTPS");
      socket.setSSLParameters(parameters);
      socket.startHandshake();
      return (X509Certificate) socket.getSession().getPeerCertificates()[0];
    }
  }

  private static SSLContext trusting(String pem) throws IOException, GeneralSecurityException {
    KeyStore trusted = KeyStore.getInstance("PKCS12");
    trusted.load(null, null);
    int number = 0;
    for (Certificate certificate :
        CertificateFactory.getInstance("X.509")
            .generateCertificates(new ByteArrayInputStream(pem.getBytes(StandardCharsets.UTF_8)))) {
      trusted.setCertificateEntry("ca-" + number++, certificate);
    }
    TrustManagerFactory managers =
        TrustManagerFactory.getInstance(TrustManagerFactory.getDefaultAlgorithm());
    managers.init(trusted);
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, managers.getTrustManagers(), null);
    return context;
  }
}
