package io.sessionstorage.scripts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sessionstorage.compose.plan.User;
import io.sessionstorage.testing.Signals;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class PersistenceTest {
  @TempDir Path root;

  @ParameterizedTest
  @CsvSource({
    "DASH, true, KILL, 137, kept",
    "DASH, true, TERM, 0, kept",
    "DASH, false, KILL, 137, (nil)",
    "DASH, false, TERM, 0, (nil)",
    "BUSYBOX, true, TERM, 0, kept"
  })
  void keepsItsDataIfItIsPersistent(
      Shell shell, boolean persistent, String signal, int status, String found) throws Exception {
    try (RealValkey valkey = RealValkey.start(root, shell, persistent)) {
      try (Client client = valkey.connect(User.DEFAULT)) {
        client.call("SET", "thv:x", "kept", "EX", "7200");
      }

      assertThat(valkey.end(signal)).isEqualTo(status);
      valkey.start();

      try (Client client = valkey.connect(User.DEFAULT)) {
        assertThat(client.call("GET", "thv:x")).isEqualTo(found);
      }
    }
  }

  /** That of a pod that was deleted by force goes on beside the new pod of its name. */
  @ParameterizedTest
  @EnumSource
  void waitsForTheEndOfAnotherServerOnItsVolume(Shell shell) throws Exception {
    try (RealValkey valkey = RealValkey.start(root, shell, true)) {
      long before = valkey.pid();

      valkey.launch();

      await()
          .atMost(Duration.ofSeconds(30))
          .until(() -> valkey.output("start").startsWith("the volume is in use"));
      assertThat(valkey.output("start").lines()).hasSize(1);
      Signals.send("KILL", before);
      valkey.awaitReady();
    }
  }

  @Test
  void removesWhatAKilledRewriteLeft() throws Exception {
    try (RealValkey valkey = RealValkey.prepare(root, Shell.DASH, true)) {
      Path left = Files.writeString(root.resolve("data/temp-rewriteaof-bg-17.aof"), "half");

      valkey.start();

      assertThat(left).doesNotExist();
    }
  }
}
