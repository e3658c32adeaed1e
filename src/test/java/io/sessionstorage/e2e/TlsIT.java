package io.sessionstorage.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;
import static org.junit.jupiter.api.Assumptions.assumeFalse;

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
import org.junit.jupiter.api.parallel.ResourceLock;

/** Stores that speak TLS, and nothing else. */
@ResourceLock(Installation.LOCK)
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
    Store store = namespace.store("encrypted").apply("{size: medium}").awaitReady();
    Consumer before = Consumer.of(store, "plain", Consumer.PROXY).awaitConnected();
    assertThat(before.ask("SET", "thv:kept", "{}", "EX", "7200")).isEqualTo("OK");
    store.apply("{size: medium, tls: {enabled: true}}");
    await("TLS on the running store")
        .atMost(Duration.ofMinutes(2))
        .untilAsserted(() -> assertThat(store.condition("TLSValid")).startsWith("True Valid"));
    store.awaitReady();
    Consumer proxy = Consumer.of(store, "proxy", Consumer.PROXY).awaitConnected();
    assertThat(proxy.ask("GET", "thv:kept")).isEqualTo("{}");

    assertThat(store.secret("encrypted-connection", "uri")).startsWith("rediss://default:");
    assertThat(store.status("endpoint", "tls")).isEqualTo("true");
    store.awaitCondition("TLSValid", "True Valid The certificate is valid until");
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

    load.join().assertUnnoticed();
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

    store.apply(
        "{size: large, tls: {enabled: false}, suspend: true, resources: {cpu: 50m, memory: 256Mi}}");
    store.awaitPhase("Suspended");
    store.apply(
        "{size: large, tls: {enabled: false}, suspend: false, resources: {cpu: 50m, memory: 256Mi}}");
    store.awaitReady();
    assertThat(store.status("endpoint", "tls")).isEqualTo("false");
    Consumer plain = Consumer.of(store, "large-plain", Consumer.PROXY).awaitConnected();
    assertThat(plain.ask("GET", "thv:load:tls:1")).isEqualTo("1");
  }

  /** cert-manager itself is not there: its kind is, and this test does what an issuer does. */
  @Test
  void aCertificateOfCertManagerIsUsedAndItsRenewalTaken() throws Exception {
    assumeFalse(CertManager.isThere(), "this cluster has cert-manager itself");
    String spec = "{size: small, tls: {enabled: true, issuerRef: {name: internal}}}";
    Store store = namespace.store("issued").apply(spec);
    await("what is missing")
        .atMost(Duration.ofMinutes(2))
        .untilAsserted(
            () -> assertThat(store.condition("TLSValid")).startsWith("False CertManagerMissing"));
    try (CertManager certManager = CertManager.install()) {
      await("a Certificate")
          .atMost(Duration.ofMinutes(2))
          .untilAsserted(
              () -> {
                assertThat(store.condition("TLSValid")).startsWith("False NotIssued");
                assertThat(certManager.dnsNames(namespace.name(), "issued-certificate"))
                    .contains("issued.%s.svc.cluster.local".formatted(namespace.name()));
              });
      assertThat(store.pods()).isEmpty();

      certManager.issue(namespace.name(), "issued-certificate");
      store.awaitReady();
      Consumer proxy = Consumer.of(store, "issued-proxy", Consumer.PROXY).awaitConnected();
      String host = store.status("endpoint", "host");
      X509Certificate first = served(store, host);
      assertThat(first.getNotAfter().toInstant()).hasToString(store.status("tls", "notAfter"));
      store.awaitCondition("TLSValid", "True Valid", "cert-manager");

      certManager.issue(namespace.name(), "issued-certificate");
      await("the renewed certificate")
          .atMost(Duration.ofMinutes(4))
          .pollInterval(Duration.ofSeconds(2))
          .ignoreExceptions()
          .until(() -> !served(store, host).equals(first));
      assertThat(Pods.restarts(store.pod(), "valkey")).isZero();
      assertThat(proxy.ask("PING")).isEqualTo("PONG");
      store.delete();
      store.awaitGone();
    }
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
