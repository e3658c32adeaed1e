package io.sessionstorage.scripts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sessionstorage.compose.plan.Acl;
import io.sessionstorage.compose.plan.Checksum;
import io.sessionstorage.compose.plan.User;
import io.sessionstorage.scripts.RealValkey.Result;
import io.sessionstorage.testing.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** What sees how far a rotation is, and what gets it on, with real servers. */
class RotationScriptTest {
  private static final String MARK = "Adding 2026-03-01T10:20:30Z";
  private static final List<User> USERS = List.of(User.DEFAULT, User.PROBE, User.OPERATOR);

  @TempDir Path root;

  /** The passwords of a user through a rotation. */
  private static String fresh(User user) {
    return user.text() + "-new";
  }

  private static Map<User, String> fresh() {
    Map<User, String> passwords = new HashMap<>();
    Stream.of(User.values()).forEach(user -> passwords.put(user, fresh(user)));
    return passwords;
  }

  @ParameterizedTest
  @EnumSource
  void waitsUntilTheServerAcceptsEveryNewPassword(Shell shell) throws Exception {
    try (RealValkey valkey = RealValkey.start(root, shell, false)) {
      secrets(true);
      Result before = prove(valkey, "Adding");
      assertThat(before.status()).isEqualTo(1);
      assertThat(before.output())
          .contains("does not accept the new password of default: WRONGPASS")
          .contains("does not accept the new password of probe")
          .contains("does not accept the new password of operator")
          .doesNotContain("-new");

      valkey.spawn("reload", Map.of("RELOAD_SECONDS", "1"));
      valkey.mount("acl", Map.of("users.acl", RealValkey.users(Map.of(), fresh())));

      awaitDone(valkey, "Adding");
    }
  }

  @ParameterizedTest
  @EnumSource
  void waitsUntilThePodHasTheNewPasswords(Shell shell) throws Exception {
    try (RealValkey valkey = RealValkey.start(root, shell, false)) {
      secrets(true);
      valkey.spawn("reload", Map.of("RELOAD_SECONDS", "1"));
      valkey.mount("acl", Map.of("users.acl", RealValkey.users(Map.of(), fresh())));
      awaitDone(valkey, "Adding");
      assertThat(prove(valkey, "Switching").output())
          .contains("does not use the new password of replication yet");

      valkey.mount("secrets", RealValkey.secrets(fresh()));

      awaitDone(valkey, "Switching");
      assertThat(valkey.run("ready")).isEqualTo(new Result(0, ""));
    }
  }

  @ParameterizedTest
  @EnumSource
  void waitsUntilNobodyIsLetInWithAnOldPassword(Shell shell) throws Exception {
    try (RealValkey valkey = RealValkey.start(root, shell, false)) {
      secrets(true);
      valkey.spawn("reload", Map.of("RELOAD_SECONDS", "1"));
      valkey.mount("acl", Map.of("users.acl", RealValkey.users(Map.of(), fresh())));
      awaitDone(valkey, "Adding");
      valkey.mount("secrets", RealValkey.secrets(fresh()));
      awaitDone(valkey, "Switching");
      assertThat(prove(valkey, "Removing").output())
          .contains("has two passwords for a user")
          .contains("still accepts the old password of default");

      valkey.mount("acl", Map.of("users.acl", RealValkey.users(fresh())));

      awaitDone(valkey, "Removing");
      assertThat(valkey.run("ready")).isEqualTo(new Result(0, ""));
    }
  }

  @Test
  void trustsNoSecretThatIsNotTheLatest() throws Exception {
    try (RealValkey valkey = RealValkey.start(root, Shell.DASH, false)) {
      secrets(false);
      valkey.mount("acl", Map.of("users.acl", RealValkey.users(fresh())));

      Result result = prove(valkey, "Adding");
      assertThat(result.status()).isEqualTo(1);
      assertThat(result.output()).startsWith("the Secret is not the latest");
    }
  }

  @Test
  void waitsForAServerThatDoesNotAnswer() throws Exception {
    try (RealValkey valkey = RealValkey.prepare(root, Shell.DASH, false)) {
      secrets(true);

      assertThat(prove(valkey, "Adding").output()).contains("no answer on port");
    }
  }

  /** A Sentinel as its pod runs it, but for its failover: it only has to change its passwords. */
  @ParameterizedTest
  @EnumSource
  void sentinelTakesItsNewPasswordsWithoutARestart(Shell shell) throws Exception {
    try (RealValkey valkey = RealValkey.start(root, shell, false)) {
      int port = RealValkey.freePort();
      secrets(true);
      String before = sentinels(false).replaceAll("user probe .*\n", "");
      valkey.mount("acl", Map.of("users.acl", users(false), "sentinel.acl", before));
      valkey.mount("secrets", passwords(false));
      valkey.end("TERM");
      valkey.start();
      Process sentinel = sentinel(valkey, port);
      try {
        Map<String, String> environment =
            Map.of(
                "POD", "localhost",
                "NODES", "127.0.0.1",
                "PRIMARY_NAME", "shared.team-a",
                "SENTINEL_PORT", Integer.toString(port),
                "RELOAD_SECONDS", "0.5");
        awaitUp(port);
        valkey.spawn("reload-sentinel", environment);
        valkey.spawn("reload", Map.of("RELOAD_SECONDS", "0.5"));
        valkey.mount("acl", Map.of("users.acl", users(false), "sentinel.acl", sentinels(false)));
        await()
            .atMost(Duration.ofSeconds(20))
            .untilAsserted(
                () ->
                    assertThat(valkey.output("reload-sentinel")).endsWith("sentinel.acl: applied"));
        assertThat(proveWithSentinel(valkey, "Adding", port).output())
            .contains(port + " does not accept the new password of sentinel: WRONGPASS");

        // It has its new password before the servers know it, as when the Secret was deleted.
        valkey.mount("secrets", passwords(true));
        await()
            .atMost(Duration.ofSeconds(20))
            .untilAsserted(
                () ->
                    assertThat(valkey.output("reload-sentinel"))
                        .contains("password: waiting: 127.0.0.1 does not know it"));
        valkey.mount("acl", Map.of("users.acl", users(true), "sentinel.acl", sentinels(true)));

        await()
            .atMost(Duration.ofSeconds(20))
            .untilAsserted(
                () ->
                    assertThat(valkey.output("reload-sentinel"))
                        .endsWith("sentinel.acl: applied\npassword: applied")
                        .doesNotContain("-new"));
        assertThat(Files.readString(root.resolve("data/sentinel.conf")))
            .contains("sentinel sentinel-pass \"sentinel-new\"")
            .contains("sentinel auth-pass shared.team-a \"sentinel-new\"");
        assertThat(Files.readString(root.resolve("sentinel.log"))).doesNotContain("-new");
        await()
            .atMost(Duration.ofSeconds(20))
            .untilAsserted(
                () ->
                    assertThat(proveWithSentinel(valkey, "Switching", port))
                        .isEqualTo(new Result(0, "Switching: done")));
        assertThat(proveWithSentinel(valkey, "Removing", port).output())
            .contains(port + " has two passwords for a user");
        assertThat(sentinel.isAlive()).isTrue();
      } finally {
        sentinel.destroyForcibly().onExit().join();
      }
    }
  }

  private Process sentinel(RealValkey valkey, int port) throws IOException {
    Path conf = root.resolve("data/sentinel.conf");
    Files.writeString(
        conf,
        """
        port %d
        bind 127.0.0.1
        dir %s
        aclfile %s
        sentinel sentinel-user sentinel
        sentinel monitor shared.team-a 127.0.0.1 %d 2
        sentinel auth-user shared.team-a sentinel
        sentinel sentinel-pass sentinel-old
        sentinel auth-pass shared.team-a sentinel-old
        """
            .formatted(
                port, root.resolve("data"), root.resolve("acl/sentinel.acl"), valkey.port()));
    return new ProcessBuilder(
            Programs.require("valkey-server").toString(), conf.toString(), "--sentinel")
        .redirectErrorStream(true)
        .redirectOutput(root.resolve("sentinel.log").toFile())
        .start();
  }

  private static void awaitUp(int port) {
    await()
        .atMost(Duration.ofSeconds(20))
        .ignoreExceptions()
        .untilAsserted(
            () -> {
              try (Client client = new Client(port)) {
                assertThat(client.call("PING")).startsWith("NOAUTH");
              }
            });
  }

  private static String old(User user) {
    return user.text() + "-old";
  }

  private static Map<String, String> passwords(boolean fresh) {
    Map<String, String> files = new HashMap<>();
    Stream.of(User.PROBE, User.OPERATOR, User.REPLICATION, User.SENTINEL)
        .forEach(user -> files.put(user.text(), fresh ? fresh(user) : old(user)));
    return files;
  }

  private static List<String> hashes(User user, boolean both) {
    return both
        ? List.of(Checksum.of(old(user)), Checksum.of(fresh(user)))
        : List.of(Checksum.of(old(user)));
  }

  private static String users(boolean both) {
    StringBuilder file = new StringBuilder();
    Stream.of(User.DEFAULT, User.REPLICATION, User.SENTINEL, User.PROBE, User.OPERATOR)
        .forEach(user -> file.append(Acl.line(user, hashes(user, both), true)).append('\n'));
    return file.toString();
  }

  private static String sentinels(boolean both) {
    return Acl.sentinelFile(
        hashes(User.DEFAULT, both), hashes(User.PROBE, both), hashes(User.SENTINEL, both));
  }

  @Test
  void proxiesTakeTheirNewPasswordWithoutARestart() throws Exception {
    try (RealValkey valkey = RealValkey.start(root, Shell.DASH, false)) {
      int port = RealValkey.freePort();
      Path config = root.resolve("proxy");
      String lua =
          Files.readString(Path.of("src/main/resources/haproxy/password.lua"))
              .replace("/config/", config + "/");
      valkey.mount("proxy", Map.of("passwords.map", "probe one\n", "password.lua", lua));
      Path conf = root.resolve("haproxy.cfg");
      Files.writeString(
          conf,
          """
          global
            tune.lua.bool-sample-conversion normal
            lua-load %s/password.lua
          defaults
            mode tcp
            timeout client 5s
            timeout connect 1s
            timeout server 5s
          frontend password
            bind 127.0.0.1:%d
            tcp-request content use-service lua.password
          backend valkey
            option tcp-check
            tcp-check connect default
            tcp-check send-lf "AUTH probe %%[str(probe),map(%s/passwords.map)]\\r\\n"
            tcp-check expect string +OK
            server s 127.0.0.1:%d check inter 200ms
          """
              .formatted(config, port, config, valkey.port()));
      Process haproxy =
          new ProcessBuilder(Programs.require("haproxy").toString(), "-db", "-f", conf.toString())
              .redirectErrorStream(true)
              .redirectOutput(root.resolve("haproxy.log").toFile())
              .start();
      try {
        awaitUsed(port, "one");
        valkey.mount("acl", Map.of("users.acl", RealValkey.users(Map.of(User.PROBE, "two"))));
        valkey.mount("secrets", RealValkey.secrets(Map.of(User.PROBE, "two")));
        valkey.end("TERM");
        valkey.start();
        await()
            .atMost(Duration.ofSeconds(20))
            .untilAsserted(
                () ->
                    assertThat(Files.readString(root.resolve("haproxy.log")))
                        .contains("Server valkey/s is DOWN"));

        valkey.mount("proxy", Map.of("passwords.map", "probe two\n", "password.lua", lua));

        awaitUsed(port, "two");
        await()
            .atMost(Duration.ofSeconds(20))
            .untilAsserted(
                () ->
                    assertThat(Files.readString(root.resolve("haproxy.log")))
                        .contains("Server valkey/s is UP")
                        .doesNotContain(Checksum.of("two")));
        assertThat(haproxy.isAlive()).isTrue();
      } finally {
        haproxy.destroyForcibly().waitFor(10, TimeUnit.SECONDS);
      }
    }
  }

  private static void awaitUsed(int port, String password) {
    await()
        .atMost(Duration.ofSeconds(20))
        .ignoreExceptions()
        .untilAsserted(
            () -> {
              try (Client client = new Client(port)) {
                assertThat(client.call("PING")).isEqualToIgnoringCase(Checksum.of(password));
              }
            });
  }

  /** What a Job mounts. */
  private void secrets(boolean latest) throws IOException {
    Path secrets = root.resolve("job/secrets");
    Files.createDirectories(secrets.resolve("old"));
    for (User user : User.values()) {
      Files.writeString(secrets.resolve(user.text()), fresh(user));
      Files.writeString(secrets.resolve("old/" + user.text()), RealValkey.password(user));
    }
    Files.writeString(secrets.resolve("rotation"), latest ? MARK : "Adding before");
  }

  private Result prove(RealValkey valkey, String step) throws IOException, InterruptedException {
    return valkey.run("rotation", environment(step));
  }

  private Result proveWithSentinel(RealValkey valkey, String step, int port)
      throws IOException, InterruptedException {
    Map<String, String> environment = new HashMap<>(environment(step));
    environment.put("SENTINELS", "yes");
    environment.put("SENTINEL_PORT", Integer.toString(port));
    return valkey.run("rotation", environment);
  }

  private Map<String, String> environment(String step) {
    return Map.of(
        "ROOT",
        root.resolve("job").toString(),
        "STEP",
        step,
        "MARK",
        MARK,
        "NODES",
        "127.0.0.1",
        "USERS",
        String.join(" ", USERS.stream().map(User::text).toList()),
        "TRIES",
        "1");
  }

  private void awaitDone(RealValkey valkey, String step) {
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(
            () -> assertThat(prove(valkey, step)).isEqualTo(new Result(0, step + ": done")));
  }
}
