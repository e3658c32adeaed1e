package io.sessionstorage.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionstorage.testing.Programs;
import java.nio.charset.StandardCharsets;
import java.nio.file.Path;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ScriptsTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "backup-drill",
        "backup-dump",
        "backup-fetch",
        "backup-lib",
        "backup-store",
        "cluster",
        "hasten",
        "lib",
        "live",
        "live-sentinel",
        "observe",
        "ready",
        "reload",
        "renew-sentinel",
        "repository",
        "restore",
        "start",
        "start-node",
        "start-sentinel",
        "stop-node",
        "watch-server",
        "apply",
        "reload-sentinel",
        "rotation"
      })
  void passesShellcheck(String script) throws Exception {
    Process process =
        new ProcessBuilder(
                Programs.require("shellcheck").toString(),
                "--external-sources",
                "--source-path=SCRIPTDIR",
                Path.of("src/main/resources/scripts", script + ".sh").toString())
            .redirectErrorStream(true)
            .start();
    String findings = new String(process.getInputStream().readAllBytes(), StandardCharsets.UTF_8);

    assertThat(findings).isEmpty();
    assertThat(process.waitFor()).isZero();
  }
}
