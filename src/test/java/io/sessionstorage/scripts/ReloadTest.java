package io.sessionstorage.scripts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sessionstorage.compose.plan.User;
import io.sessionstorage.compose.plan.ValkeyConf;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class ReloadTest {
  private static final Map<String, String> OFTEN = Map.of("RELOAD_SECONDS", "1");
  private static final String POLICY_APPLIED = "maxmemory-policy noeviction: applied";

  /** New users are live before; until then a new connection may be one of those. */
  private static final String EXPELLED = "connections closed: ";

  @TempDir Path root;

  @ParameterizedTest
  @EnumSource
  void appliesASettingAndLeavesAloneWhatTheServerHolds(Shell shell) throws Exception {
    try (RealValkey valkey = RealValkey.start(root, shell, false)) {
      valkey.spawn("reload", OFTEN);

      changePolicy(valkey);

      awaitOutput(valkey, POLICY_APPLIED);
      try (Client operator = valkey.connect(User.OPERATOR)) {
        assertThat(operator.call("CONFIG", "GET", "maxmemory-policy")).contains("noeviction");
      }
    }
  }

  @ParameterizedTest
  @EnumSource
  void appliesANewPassword(Shell shell) throws Exception {
    try (RealValkey valkey = RealValkey.start(root, shell, false)) {
      valkey.spawn("reload", OFTEN);

      changePassword(valkey, "new");

      awaitOutputContains(valkey, EXPELLED);
      assertThat(login(valkey, "new")).isEqualTo("OK");
      assertThat(login(valkey, RealValkey.password(User.DEFAULT))).startsWith("WRONGPASS");
    }
  }

  @ParameterizedTest
  @EnumSource
  void appliesNewPasswordsOfAllUsersItsOwnToo(Shell shell) throws Exception {
    try (RealValkey valkey = RealValkey.start(root, shell, false)) {
      valkey.spawn("reload", OFTEN);
      changePolicy(valkey);
      awaitOutput(valkey, POLICY_APPLIED); // so it has logged in with the password of before

      valkey.mount("secrets", RealValkey.secrets(Map.of(User.OPERATOR, "o", User.PROBE, "p")));
      valkey.mount(
          "acl",
          Map.of(
              "users.acl",
              RealValkey.users(Map.of(User.DEFAULT, "new", User.OPERATOR, "o", User.PROBE, "p"))));

      awaitOutputContains(valkey, EXPELLED);
      assertThat(login(valkey, "new")).isEqualTo("OK");
      valkey.configure(new ValkeyConf(false, false, false, 192 << 20, "allkeys-lru"), "");
      awaitOutputEnds(valkey, "maxmemory-policy allkeys-lru: applied");
    }
  }

  @ParameterizedTest
  @EnumSource
  void givesTheServerItsNewPasswordForReplication(Shell shell) throws Exception {
    try (RealValkey valkey = RealValkey.start(root, shell, false)) {
      assertThat(primaryauth(valkey)).isEqualTo(RealValkey.password(User.REPLICATION));
      valkey.spawn("reload", OFTEN);

      valkey.mount("secrets", RealValkey.secrets(Map.of(User.REPLICATION, "new")));

      awaitOutput(valkey, "password of replication: applied");
      assertThat(primaryauth(valkey)).isEqualTo("new");
    }
  }

  private static String primaryauth(RealValkey valkey) throws Exception {
    try (Client operator = valkey.connect(User.OPERATOR)) {
      return operator
          .call("CONFIG", "GET", "primaryauth")
          .replaceAll("^\\[primaryauth, (.*)]$", "$1");
    }
  }

  @ParameterizedTest
  @EnumSource
  void closesConnectionsOfConsumersOnlyWhenAPasswordOfTheirsIsGone(Shell shell) throws Exception {
    try (RealValkey valkey = RealValkey.start(root, shell, false);
        Client consumer = valkey.connect(User.DEFAULT);
        Client probe = valkey.connect(User.PROBE)) {
      valkey.spawn("reload", OFTEN);
      String old = RealValkey.password(User.DEFAULT);

      valkey.mount(
          "acl", Map.of("users.acl", RealValkey.users(Map.of(), Map.of(User.DEFAULT, "new"))));
      awaitOutput(valkey, "users.acl: applied");
      assertThat(consumer.call("PING")).isEqualTo("PONG");
      assertThat(login(valkey, old)).isEqualTo("OK");
      assertThat(login(valkey, "new")).isEqualTo("OK");

      changePassword(valkey, "new");
      awaitOutputEnds(valkey, "users.acl: a password of consumers is gone, connections closed: 1");
      assertThatThrownBy(() -> consumer.call("PING")).isInstanceOf(IOException.class);
      assertThat(probe.call("PING")).isEqualTo("PONG");
      assertThat(login(valkey, old)).startsWith("WRONGPASS");
      assertThat(login(valkey, "new")).isEqualTo("OK");
    }
  }

  @ParameterizedTest
  @EnumSource
  void keepsTheUsersIfTheFileIsNotValid(Shell shell) throws Exception {
    try (RealValkey valkey = RealValkey.start(root, shell, false)) {
      valkey.spawn("reload", OFTEN);

      valkey.mount("acl", Map.of("users.acl", "user default on nonsense\n"));
      awaitOutputStarts(valkey, "users.acl: refused");
      assertThat(login(valkey, RealValkey.password(User.DEFAULT))).isEqualTo("OK");

      // Not said again in the next rounds.
      changePolicy(valkey);
      awaitOutputEnds(valkey, POLICY_APPLIED);
      assertThat(valkey.output("reload").lines()).hasSize(2);

      changePassword(valkey, "new");
      awaitOutputContains(valkey, EXPELLED);
      assertThat(login(valkey, "new")).isEqualTo("OK");
    }
  }

  @ParameterizedTest
  @EnumSource
  void goesOnUntilAServerThatHungTakesTheChange(Shell shell) throws Exception {
    try (RealValkey valkey = RealValkey.start(root, shell, false)) {
      valkey.signal("STOP");
      valkey.spawn("reload", OFTEN);

      changePassword(valkey, "new");
      awaitOutputStarts(valkey, "users.acl: waiting: no answer");
      valkey.signal("CONT");

      awaitOutputContains(valkey, EXPELLED);
      assertThat(login(valkey, "new")).isEqualTo("OK");
    }
  }

  @ParameterizedTest
  @EnumSource
  void waitsForTheServerAndSeesThatItReadTheChangesItself(Shell shell) throws Exception {
    try (RealValkey valkey = RealValkey.prepare(root, shell, false)) {
      valkey.spawn("reload", OFTEN);
      awaitOutputStarts(valkey, "users.acl: waiting");
      changePassword(valkey, "new");
      valkey.start();

      changePolicy(valkey);

      awaitOutputEnds(valkey, POLICY_APPLIED);
      assertThat(valkey.output("reload")).doesNotContain("users.acl: applied");
    }
  }

  @ParameterizedTest
  @EnumSource
  void leavesAServerAloneThatStartsWhileItLooks(Shell shell) throws Exception {
    try (RealValkey valkey = RealValkey.start(root, shell, false)) {
      valkey.replaceClient(
          """
          #!/bin/sh
          [ -e UP ] || { >UP; exit 1; }
          exec %s "$@"
          """
              .replace("UP", root.resolve("up").toString()));
      valkey.spawn("reload", OFTEN);
      awaitOutputStarts(valkey, "users.acl: waiting");

      changePolicy(valkey);

      awaitOutputEnds(valkey, POLICY_APPLIED);
      assertThat(valkey.output("reload")).doesNotContain("users.acl: applied");
    }
  }

  @ParameterizedTest
  @EnumSource
  void stopsAtOnce(Shell shell) throws Exception {
    try (RealValkey valkey = RealValkey.start(root, shell, false)) {
      Process reload = valkey.spawn("reload", Map.of("RELOAD_SECONDS", "60"));
      await().until(() -> reload.children().anyMatch(ReloadTest::sleeps));

      reload.destroy();

      assertThat(reload.waitFor(1, TimeUnit.SECONDS)).isTrue();
      assertThat(reload.exitValue()).isZero();
    }
  }

  private static boolean sleeps(ProcessHandle process) {
    return process.info().arguments().stream()
        .anyMatch(arguments -> arguments.length == 1 && arguments[0].equals("60"));
  }

  private static void changePolicy(RealValkey valkey) throws Exception {
    valkey.configure(new ValkeyConf(false, false, false, 192 << 20, "noeviction"), "");
  }

  private static void changePassword(RealValkey valkey, String password) throws Exception {
    valkey.mount("acl", Map.of("users.acl", RealValkey.users(Map.of(User.DEFAULT, password))));
  }

  private static String login(RealValkey valkey, String password) throws Exception {
    try (Client client = valkey.connect()) {
      return client.call("AUTH", password);
    }
  }

  private static void awaitOutput(RealValkey valkey, String all) {
    awaited(() -> assertThat(valkey.output("reload")).isEqualTo(all));
  }

  private static void awaitOutputStarts(RealValkey valkey, String start) {
    awaited(() -> assertThat(valkey.output("reload")).startsWith(start));
  }

  private static void awaitOutputContains(RealValkey valkey, String part) {
    awaited(() -> assertThat(valkey.output("reload")).contains(part));
  }

  private static void awaitOutputEnds(RealValkey valkey, String end) {
    awaited(() -> assertThat(valkey.output("reload")).endsWith(end));
  }

  private static void awaited(org.awaitility.core.ThrowingRunnable assertion) {
    await().atMost(Duration.ofSeconds(20)).untilAsserted(assertion);
  }
}
