package io.sessionstorage.api;

import static org.assertj.core.api.Assertions.assertThat;

import java.net.URI;
import java.net.URLDecoder;
import java.nio.charset.StandardCharsets;
import java.util.Map;
import org.junit.jupiter.api.Test;

class ConnectionSecretTest {
  @Test
  void whateverThePasswordTheUrlHoldsIt() {
    String password = "p@ss:w/ö rd%?#+&";
    Map<String, String> data =
        new ConnectionSecret("store.team-a.svc", 6379, 2, true, "PEM", "app", password).data();
    URI uri = URI.create(data.getOrDefault("uri", ""));
    assertThat(uri.getHost()).isEqualTo("store.team-a.svc");
    assertThat(uri.getScheme()).isEqualTo("rediss");
    assertThat(uri.getPath()).isEqualTo("/2");
    String[] user = uri.getRawUserInfo().split(":", -1);
    assertThat(user[0]).isEqualTo("app");
    assertThat(URLDecoder.decode(user[1], StandardCharsets.UTF_8)).isEqualTo(password);
    assertThat(data).containsEntry("password", password).containsEntry("ca.crt", "PEM");
  }

  @Test
  void withoutAPasswordThereIsNoUser() {
    Map<String, String> data =
        new ConnectionSecret("fd00::1", 6380, 0, false, null, null, null).data();
    assertThat(data)
        .containsEntry("uri", "redis://[fd00::1]:6380")
        .containsEntry("REDIS_URL", "redis://[fd00::1]:6380")
        .doesNotContainKeys("username", "password", "REDIS_PASSWORD", "ca.crt");
  }
}
