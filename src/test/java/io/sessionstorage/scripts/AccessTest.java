package io.sessionstorage.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionstorage.compose.plan.User;
import java.nio.file.Path;
import java.util.Locale;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

class AccessTest {
  private static final String SHA1_OF_NO_SCRIPT = "0000000000000000000000000000000000000000";

  @AutoClose private RealValkey valkey;

  @BeforeEach
  void start(@TempDir Path root) throws Exception {
    valkey = RealValkey.start(root, Shell.DASH, false);
  }

  @Test
  void toolHiveLogsInWithAndWithoutItsUserName() throws Exception {
    try (Client client = valkey.connect()) {
      assertThat(client.call("HELLO", "3", "AUTH", "default", RealValkey.password(User.DEFAULT)))
          .contains("proto, 3");
      assertThat(client.call("CLIENT", "SETINFO", "LIB-NAME", "go-redis")).isEqualTo("OK");
      assertThat(client.call("CLIENT", "MAINT_NOTIFICATIONS", "ON")).contains("unknown subcommand");
      assertThat(client.call("PING")).isEqualTo("PONG");
    }
    try (Client client = valkey.connect()) {
      assertThat(client.call("AUTH", RealValkey.password(User.DEFAULT))).isEqualTo("OK");
    }
  }

  @Test
  void toolHiveKeepsItsSessions() throws Exception {
    try (Client client = valkey.connect(User.DEFAULT)) {
      String key = "thv:proxy:session:1";
      assertThat(client.call("SET", key, "{}", "EX", "7200", "NX")).isEqualTo("OK");
      assertThat(client.call("SET", key, "{}", "EX", "7200", "NX")).isEqualTo("(nil)");
      assertThat(client.call("SET", key, "{\"a\":1}", "EX", "7200", "XX")).isEqualTo("OK");
      assertThat(client.call("GET", key)).isEqualTo("{\"a\":1}");
      assertThat(client.call("GETEX", key, "EX", "60")).isEqualTo("{\"a\":1}");
      assertThat(client.call("DEL", key)).isEqualTo("1");
      assertThat(client.call("GETEX", key, "EX", "60")).isEqualTo("(nil)");
    }
  }

  @Test
  void toolHiveRunsItsOwnershipScript() throws Exception {
    String script =
        """
        local held = redis.call('GET', KEYS[1])
        if held then
          if cjson.decode(held).owner ~= ARGV[1] then return 'other' end
          redis.call('PEXPIRE', KEYS[1], 60000)
          redis.call('DEL', KEYS[1])
        end
        redis.call('SET', KEYS[1], cjson.encode({owner = ARGV[1]}))
        return 'mine'
        """;
    try (Client client = valkey.connect(User.DEFAULT)) {
      assertThat(client.call("EVALSHA", SHA1_OF_NO_SCRIPT, "1", "thv:proxy:session:2", "a"))
          .startsWith("NOSCRIPT");
      assertThat(client.call("EVAL", script, "1", "thv:proxy:session:2", "a")).isEqualTo("mine");
      assertThat(client.call("EVAL", script, "1", "thv:proxy:session:2", "a")).isEqualTo("mine");
      assertThat(client.call("EVAL", script, "1", "thv:proxy:session:2", "b")).isEqualTo("other");
    }
  }

  @Test
  void toolHiveLimitsRates() throws Exception {
    String script =
        """
        local now = redis.call('TIME')
        local left = redis.call('HMGET', KEYS[1], 'tokens', 'at')[1] or ARGV[1]
        redis.call('HSET', KEYS[1], 'tokens', left - 1, 'at', now[1])
        redis.call('EXPIRE', KEYS[1], 120)
        return left - 1
        """;
    try (Client client = valkey.connect(User.DEFAULT)) {
      assertThat(client.call("EVAL", script, "1", "thv:rl:{a:b}:shared", "5")).isEqualTo("4");
      assertThat(client.call("EVAL", script, "1", "thv:rl:{a:b}:shared", "5")).isEqualTo("3");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "default, FLUSHALL",
    "default, FLUSHDB",
    "default, CONFIG GET *",
    "default, KEYS *",
    "default, SCAN 0",
    "default, ACL WHOAMI",
    "default, SELECT 0",
    "default, INFO",
    "default, SHUTDOWN",
    "default, REPLICAOF NO ONE",
    "default, CLIENT LIST",
    "default, MONITOR",
    "default, SUBSCRIBE thv:x",
    "default, GET other",
    "default, SET other 1",
    "probe, GET thv:x",
    "probe, SET thv:x 1",
    "probe, INFO",
    "probe, ACL LIST",
    "operator, GET thv:x",
    "operator, FLUSHALL",
    "operator, ACL SETUSER default nopass",
    "operator, CONFIG REWRITE",
    "operator, SHUTDOWN"
  })
  void refuses(String user, String command) throws Exception {
    try (Client client = valkey.connect(User.valueOf(user.toUpperCase(Locale.ROOT)))) {
      assertThat(client.call(command.split(" "))).startsWith("NOPERM");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"'GET', 'other'", "'SADD', 'thv:x', 'y'", "'FLUSHALL'"})
  void refusesInAScriptWhatItRefusesOutside(String call) throws Exception {
    try (Client client = valkey.connect(User.DEFAULT)) {
      assertThat(client.call("EVAL", "return redis.call(" + call + ")", "0"))
          .contains("ACL failure in script");
    }
  }

  @ParameterizedTest
  @EnumSource(names = {"DEFAULT", "PROBE", "OPERATOR"})
  void hasNoDebugCommand(User user) throws Exception {
    try (Client client = valkey.connect(user)) {
      assertThat(client.call("DEBUG", "SLEEP", "0")).contains("DEBUG command not allowed");
    }
  }

  @Test
  void nobodyChangesWhereDataIsWritten() throws Exception {
    try (Client client = valkey.connect(User.OPERATOR)) {
      assertThat(client.call("CONFIG", "SET", "dir", "/tmp")).contains("protected config");
    }
  }

  @Test
  void refusesWhoHasNotLoggedIn() throws Exception {
    try (Client client = valkey.connect()) {
      assertThat(client.call("PING")).startsWith("NOAUTH");
      assertThat(client.call("GET", "thv:x")).startsWith("NOAUTH");
    }
  }

  @ParameterizedTest
  @ValueSource(strings = {"default", "probe", "operator", "somebody"})
  void refusesAWrongPassword(String user) throws Exception {
    try (Client client = valkey.connect()) {
      assertThat(client.call("AUTH", user, "wrong")).startsWith("WRONGPASS");
      assertThat(client.call("AUTH", user, "")).startsWith("WRONGPASS");
    }
  }

  @Test
  void hasOneDatabase() throws Exception {
    try (Client client = valkey.connect(User.OPERATOR)) {
      assertThat(client.call("CONFIG", "GET", "databases")).isEqualTo("[databases, 1]");
    }
  }
}
