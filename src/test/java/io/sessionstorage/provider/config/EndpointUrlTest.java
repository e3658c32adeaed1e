package io.sessionstorage.provider.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sessionstorage.provider.managed.ExternalFailure;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class EndpointUrlTest {
  @ParameterizedTest
  @CsvSource({
    "redis://valkey, valkey, 6379, 0, false",
    "redis://valkey:6380, valkey, 6380, 0, false",
    "rediss://valkey.team-a.svc:6379/, valkey.team-a.svc, 6379, 0, true",
    "rediss://10.0.0.1:65535/15, 10.0.0.1, 65535, 15, true",
    "redis://[::1]:6379/1, ::1, 6379, 1, false"
  })
  void anEndpoint(String url, String host, int port, int database, boolean tls) {
    assertThat(EndpointUrl.parse(url)).isEqualTo(new EndpointUrl(host, port, database, tls));
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "valkey:6379",
        "http://valkey",
        "redis://",
        "redis://:6379",
        "redis://user:hunter2@valkey",
        "redis://valkey:0",
        "redis://valkey:65536",
        "redis://valkey:port",
        "redis://valkey/db",
        "redis://valkey/123456",
        "redis://valkey/0?x=y",
        "redis://valkey/0#x",
        "redis://a b"
      })
  void noEndpoint(String url) {
    assertThatThrownBy(() -> EndpointUrl.parse(url))
        .isInstanceOf(ExternalFailure.class)
        .hasMessageContaining("spec.endpoint")
        .hasMessageNotContaining("hunter2");
  }
}
