package io.sessionstorage.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What a proxy of ToolHive gets, and what it does not get. */
@ResourceLock(Installation.LOCK) // alone, because it measures
@TestInstance(Lifecycle.PER_CLASS)
class StoreIT {
  /** Takes a session over, as ToolHive does: only who owns it may prolong it. */
  private static final String OWNERSHIP =
      """
      local value = redis.call('GET', KEYS[1])
      if value and cjson.decode(value).owner ~= ARGV[1] then return 0 end
      redis.call('SET', KEYS[1], cjson.encode({owner = ARGV[1]}))
      return redis.call('PEXPIRE', KEYS[1], ARGV[2])
      """;

  /** A token bucket, as ToolHive's rate limiter keeps it. */
  private static final String BUCKET =
      """
      local now = redis.call('TIME')
      local bucket = redis.call('HMGET', KEYS[1], 'tokens', 'at')
      local tokens = tonumber(bucket[1] or ARGV[1])
      if tokens < 1 then return -1 end
      redis.call('HSET', KEYS[1], 'tokens', tokens - 1, 'at', now[1])
      redis.call('EXPIRE', KEYS[1], 60)
      return tokens - 1
      """;

  @AutoClose private final TestNamespace namespace = namespace();
  private final Store small = namespace.store("small");
  private final Store medium = namespace.store("medium");
  private Consumer proxy;

  private static TestNamespace namespace() {
    Installation.NAMESPACED.require();
    return new TestNamespace("store");
  }

  @BeforeAll
  void bothSizesBecomeReady() {
    Measurements.record(
        "bare StatefulSet with a volume, apply to Ready",
        Yardstick.statefulSetWithVolume(namespace.name()));
    Measurements.record("small, apply to Ready", small.timeToReady("{size: small}"));
    Measurements.record("medium, apply to Ready", medium.timeToReady("{size: medium}"));
    proxy = Consumer.of(medium, "proxy", Consumer.PROXY).awaitConnected();
  }

  @ParameterizedTest
  @ValueSource(strings = {"small", "medium"})
  void statusSaysWhereAndHow(String size) {
    Store store = namespace.store(size);

    assertThat(store.status("connectionSecret")).isEqualTo(size + "-connection");
    assertThat(store.status("endpoint", "host"))
        .isEqualTo("%s.%s.svc.cluster.local".formatted(size, namespace.name()))
        .isEqualTo(store.connection("host"));
    assertThat(store.status("endpoint", "port")).isEqualTo("6379");
    assertThat(store.status("primary")).isEqualTo(size + "-0");
    assertThat(store.status("version")).isEqualTo("9.1");
    store.awaitCondition("PrimaryAvailable", "True Available");
    store.awaitCondition("Synced", "True");
  }

  @Test
  void aProxyStoresReadsAndDeletesASession() {
    assertThat(proxy.ask("SET", "thv:proxy:session:1", "{}", "EX", "7200")).isEqualTo("OK");
    assertThat(proxy.ask("GETEX", "thv:proxy:session:1", "EX", "7200")).isEqualTo("{}");
    assertThat(proxy.ask("DEL", "thv:proxy:session:1")).isEqualTo("1");
    assertThat(proxy.ask("GET", "thv:proxy:session:1")).isEmpty();
  }

  @Test
  void aVirtualMcpServerMakesASessionOnce() {
    assertThat(proxy.ask("SET", "thv:vmcp:session:1", "a", "NX", "EX", "1800")).isEqualTo("OK");
    assertThat(proxy.ask("SET", "thv:vmcp:session:1", "b", "NX", "EX", "1800")).isEmpty();
    assertThat(proxy.ask("SET", "thv:vmcp:session:1", "c", "XX", "EX", "1800")).isEqualTo("OK");
  }

  @Test
  void aSessionsOwnerIsKeptByAScript() {
    String key = "thv:proxy:session:owned";

    assertThat(proxy.ask("EVAL", OWNERSHIP, "1", key, "one", "60000")).isEqualTo("1");
    assertThat(proxy.ask("EVAL", OWNERSHIP, "1", key, "two", "60000")).isEqualTo("0");
  }

  @Test
  void aRateIsLimitedByAScript() {
    String key = "thv:rl:{%s:fetch}:shared".formatted(namespace.name());

    assertThat(proxy.ask("EVAL", BUCKET, "1", key, "2")).isEqualTo("1");
    assertThat(proxy.ask("EVAL", BUCKET, "1", key, "2")).isEqualTo("0");
    assertThat(proxy.ask("EVAL", BUCKET, "1", key, "2")).isEqualTo("-1");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "FLUSHALL",
        "CONFIG GET maxmemory",
        "KEYS *",
        "SCAN 0",
        "ACL LIST",
        "ACL WHOAMI",
        "INFO",
        "SHUTDOWN",
        "REPLICAOF NO ONE",
        "SUBSCRIBE thv:events",
        "GET other:key",
        "SET other:key value"
      })
  void aProxyMayNotDoWhatSessionsDoNotNeed(String command) {
    assertThat(proxy.ask(command.split(" "))).startsWith("NOPERM");
  }

  @Test
  void aScriptReachesNoOtherKeysEither() {
    assertThat(proxy.ask("EVAL", "return redis.call('GET', 'other:key')", "0"))
        .contains("No permissions to access a key");
  }

  @Test
  void withoutThePasswordNothingIsServed() {
    assertThat(
            proxy
                .shell("unset REDISCLI_AUTH VALKEYCLI_AUTH; timeout 10 valkey-cli -h $HOST PING")
                .text())
        .startsWith("NOAUTH");
    assertThat(
            proxy
                .shell(
                    "export REDISCLI_AUTH=wrong VALKEYCLI_AUTH=wrong; timeout 10 valkey-cli -h $HOST PING")
                .text())
        .contains("WRONGPASS", "NOAUTH");
  }

  @Test
  void theLabelsDecideWhoConnects() {
    Consumer other = Consumer.of(medium, "other", Consumer.BACKEND);
    assertThat(other.valkey("PING").exitCode()).as("an MCP server's own pod").isNotZero();

    Cluster.CLIENT
        .pods()
        .inNamespace(namespace.name())
        .withName(other.name())
        .edit(
            pod ->
                pod.edit()
                    .editMetadata()
                    .addToLabels("app.kubernetes.io/name", "virtualmcpserver")
                    .endMetadata()
                    .build());
    other.awaitConnected();
  }
}
