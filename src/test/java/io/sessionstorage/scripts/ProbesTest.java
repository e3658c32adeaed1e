package io.sessionstorage.scripts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sessionstorage.compose.plan.User;
import io.sessionstorage.compose.plan.ValkeyConf;
import io.sessionstorage.scripts.RealValkey.Result;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class ProbesTest {
  private static final Result GOOD = new Result(0, "");

  @TempDir Path root;

  @ParameterizedTest
  @EnumSource
  void failWhileTheServerIsDown(Shell shell) throws Exception {
    try (RealValkey valkey = RealValkey.start(root, shell, false)) {
      assertThat(valkey.run("live")).isEqualTo(GOOD);
      assertThat(valkey.run("ready")).isEqualTo(GOOD);

      valkey.end("TERM");

      assertThat(valkey.run("live").status()).isEqualTo(1);
      assertThat(valkey.run("ready").status()).isEqualTo(1);
      assertThat(valkey.run("ready").output()).contains("no answer on port");
    }
  }

  @ParameterizedTest
  @EnumSource
  void waitForAServerThatStarts(Shell shell) throws Exception {
    try (RealValkey valkey = RealValkey.prepare(root, shell, false)) {
      assertThat(valkey.run("started").output()).contains("no answer on port");
      assertThat(valkey.run("started").status()).isEqualTo(1);

      valkey.launch();

      assertThat(valkey.run("started")).isEqualTo(GOOD);
      assertThat(valkey.run("live")).isEqualTo(GOOD);
    }
  }

  @ParameterizedTest
  @EnumSource
  void endSoonIfTheServerHangs(Shell shell) throws Exception {
    try (RealValkey valkey = RealValkey.start(root, shell, false)) {
      valkey.signal("STOP");
      long start = System.nanoTime();

      assertThat(valkey.run("live").output()).contains("no answer on port");
      assertThat(valkey.run("ready").status()).isEqualTo(1);
      assertThat(valkey.run("started").status()).isEqualTo(1);

      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(Duration.ofSeconds(14));
      valkey.signal("CONT");
      assertThat(valkey.run("live")).isEqualTo(GOOD);
      assertThat(valkey.run("ready")).isEqualTo(GOOD);
    }
  }

  @ParameterizedTest
  @EnumSource
  void letALoadingServerLiveButSendItNoClients(Shell shell) throws Exception {
    try (RealValkey valkey = RealValkey.prepare(root, shell, true)) {
      ValkeyConf conf = new ValkeyConf(true, false, false, 192 << 20, RealValkey.POLICY);
      valkey.configure(conf, "auto-aof-rewrite-min-size 1\nauto-aof-rewrite-percentage 1\n");
      valkey.start();
      try (Client client = valkey.connect(User.DEFAULT);
          Client operator = valkey.connect(User.OPERATOR)) {
        client.call("EVAL", "for i = 1, 9999 do redis.call('SET', 'thv:' .. i, i) end", "0");
        await()
            .atMost(Duration.ofSeconds(20))
            .untilAsserted(
                () ->
                    assertThat(operator.call("INFO", "persistence"))
                        .contains("aof_rewrite_in_progress:0")
                        .containsPattern("aof_rewrites:[1-9]")
                        .containsPattern("aof_base_size:\\d{5}"));
      }
      valkey.end("KILL");

      valkey.configure(conf, "key-load-delay 5000\nloading-process-events-interval-bytes 1024\n");
      valkey.launch();

      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(valkey.run("live")).isEqualTo(GOOD));
      assertThat(valkey.run("ready").output()).startsWith("LOADING");
      assertThat(valkey.run("ready").status()).isEqualTo(1);
      try (Client operator = valkey.connect(User.OPERATOR)) {
        assertThat(operator.call("CONFIG", "SET", "key-load-delay", "0")).isEqualTo("OK");
      }
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(valkey.run("ready")).isEqualTo(GOOD));
    }
  }

  @ParameterizedTest
  @EnumSource
  void letABusyServerLiveButSendItNoClients(Shell shell) throws Exception {
    try (RealValkey valkey = RealValkey.start(root, shell, false);
        Client client = valkey.connect(User.DEFAULT);
        Client operator = valkey.connect(User.OPERATOR)) {
      client.send("EVAL", "while true do end", "0");

      assertThat(valkey.run("live")).isEqualTo(GOOD);
      assertThat(valkey.run("ready").output()).startsWith("BUSY");
      assertThat(valkey.run("ready").status()).isEqualTo(1);

      assertThat(operator.call("SCRIPT", "KILL")).isEqualTo("OK");
      assertThat(client.reply()).contains("killed");
      assertThat(valkey.run("ready")).isEqualTo(GOOD);
    }
  }

  @Test
  void letAServerLiveThatTakesNoMoreClients() throws Exception {
    try (RealValkey valkey = RealValkey.start(root, Shell.DASH, false);
        Client operator = valkey.connect(User.OPERATOR)) {
      assertThat(operator.call("CONFIG", "SET", "maxclients", "1")).isEqualTo("OK");

      assertThat(valkey.run("live")).isEqualTo(GOOD);
      assertThat(valkey.run("ready").output()).contains("max number of clients");
    }
  }

  @Test
  void letAServerLiveThatHasAnotherPassword() throws Exception {
    try (RealValkey valkey = RealValkey.start(root, Shell.DASH, false)) {
      valkey.mount("secrets", RealValkey.secrets(Map.of(User.PROBE, "another")));

      assertThat(valkey.run("live")).isEqualTo(GOOD);
      assertThat(valkey.run("ready").output()).startsWith("WRONGPASS");
    }
  }

  @ParameterizedTest
  @EnumSource
  void restartAServerThatDoesNotKnowTheUsersOfItsFile(Shell shell) throws Exception {
    try (RealValkey valkey = RealValkey.start(root, shell, false)) {
      valkey.mount("secrets", RealValkey.secrets(Map.of(User.PROBE, "new")));
      valkey.mount("acl", Map.of("users.acl", RealValkey.users(Map.of(User.PROBE, "new"))));
      assertThat(valkey.run("live")).isEqualTo(new Result(1, "users.acl is not in force"));

      valkey.end("TERM");
      valkey.start();

      assertThat(valkey.run("live")).isEqualTo(GOOD);
    }
  }

  @Test
  void sendNoClientsToAReplicaThatHasLostItsPrimary() throws Exception {
    try (RealValkey valkey = RealValkey.prepare(root, Shell.DASH, false)) {
      valkey.configure(
          new ValkeyConf(false, false, false, 192 << 20, RealValkey.POLICY),
          "replicaof 127.0.0.1 1\n");
      valkey.launch();

      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(() -> assertThat(valkey.run("live")).isEqualTo(GOOD));
      assertThat(valkey.run("ready").status()).isEqualTo(1);
      assertThat(valkey.run("ready").output()).contains("slave");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"live", "ready"})
  void showNoPasswordToWhoListsProcesses(String probe) throws Exception {
    try (RealValkey valkey = RealValkey.start(root, Shell.DASH, false)) {
      Path seen = root.resolve("seen");
      valkey.replaceClient(
          """
          #!/bin/sh
          pid=$$
          while [ "$pid" -gt 1 ] && [ "$(/bin/cat /proc/$pid/comm)" != java ]; do
            /bin/cat /proc/$pid/cmdline /proc/$pid/environ >>SEEN
            pid=$(/usr/bin/cut -d' ' -f4 /proc/$pid/stat)
          done
          exec %s "$@"
          """
              .replace("SEEN", seen.toString()));

      assertThat(valkey.run(probe)).isEqualTo(GOOD);

      assertThat(Files.readString(seen).replace('\0', '\n'))
          .contains("valkey-cli", "timeout", probe + ".sh")
          .doesNotContain(RealValkey.password(User.PROBE));
    }
  }
}
