package io.sessionstorage.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.SecretBuilder;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A store of another namespace, with TLS and a password, behind a SessionStorage. */
@ResourceLock(value = Installation.LOCK, mode = ResourceAccessMode.READ)
class ExternalIT {
  private static final String REAL =
      "{size: small, tls: {enabled: true}, network: {allowedNamespaces: [crossplane-system],"
          + " allowedPods: [{matchLabels: {pkg.crossplane.io/provider: provider-valkey}}]}}";

  @AutoClose private final TestNamespace stores = namespace("stores");
  @AutoClose private final TestNamespace team = namespace("external");

  private static TestNamespace namespace(String purpose) {
    Installation.NAMESPACED.require();
    return new TestNamespace(purpose);
  }

  @Test
  void isCheckedPublishedAndLeftAloneInTheEnd() {
    Store real = stores.store("real").apply(REAL).awaitReady();
    String password = real.connection("password");
    String host = real.connection("host");
    secret("trusted", Map.of("ca.crt", real.connection("ca.crt")));
    Store external =
        team.store("shared")
            .apply(
                "{external: {url: 'rediss://%s:6379', secretRef: credentials, caSecretRef: trusted}}"
                    .formatted(host));
    external.awaitMessage("Secret credentials");

    secret("credentials", Map.of("password", password));
    external.awaitReady();
    assertThat(external.status("endpoint", "host")).isEqualTo(host);
    assertThat(external.status("endpoint", "tls")).isEqualTo("true");
    assertThat(external.status("tls", "notAfter")).isEqualTo(real.status("tls", "notAfter"));
    external.awaitCondition("TLSValid", "True");
    for (String key : real.keys("real-connection")) {
      assertThat(external.connection(key)).as(key).isEqualTo(real.connection(key));
    }

    secret("credentials", Map.of("password", "wrong"));
    await("what is wrong")
        .atMost(Duration.ofMinutes(3))
        .untilAsserted(
            () ->
                assertThat(external.condition("CredentialsCurrent"))
                    .startsWith("False WrongPassword"));
    external.awaitPhase("Degraded");
    secret("credentials", Map.of("password", password));
    external.awaitReady();

    external.delete();
    external.awaitGone();
    real.awaitCondition("Ready", "True");
  }

  private void secret(String name, Map<String, String> data) {
    Cluster.CLIENT
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withName(name)
                .withNamespace(team.name())
                .endMetadata()
                .withStringData(data)
                .build())
        .forceConflicts()
        .serverSideApply();
  }
}
