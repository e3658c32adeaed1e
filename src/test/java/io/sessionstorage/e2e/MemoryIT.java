package io.sessionstorage.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** More sessions than memory. */
@ResourceLock(value = Installation.LOCK, mode = ResourceAccessMode.READ)
@TestInstance(Lifecycle.PER_CLASS)
class MemoryIT {
  /** About three times what fits into 128Mi, with sessions of 4 KiB. */
  private static final String LOAD =
      """
      value=$(head -c 4096 /dev/zero | tr '\\0' x)
      exec timeout 100 valkey-benchmark -h "$HOST" -p "$PORT" -a "$REDISCLI_AUTH" -q -c 8 -P 4 -n 75000 -r 1000000 \
        SET thv:proxy:session:__rand_int__ "$value" EX 7200
      """;

  private static final Pattern EVICTED = Pattern.compile("evicted_keys:(\\d+)");

  @AutoClose private final TestNamespace namespace = namespace();

  private static TestNamespace namespace() {
    Installation.NAMESPACED.require();
    return new TestNamespace("memory");
  }

  @ParameterizedTest
  @ValueSource(strings = {"small", "medium"})
  void theStoreEvictsSessionsAndIsNotKilled(String size) {
    Store store =
        namespace
            .store(size)
            .apply("{size: %s, resources: {memory: 128Mi}}".formatted(size))
            .awaitReady();
    Consumer proxy = Consumer.of(store, "proxy-of-" + size, Consumer.PROXY).awaitConnected();

    Reply load = proxy.shell(LOAD);

    assertThat(load.exitCode()).as(load.text()).isZero();
    assertThat(evicted(store)).isGreaterThan(10_000);
    assertThat(proxy.ask("SET", "thv:proxy:session:new", "{}", "EX", "7200")).isEqualTo("OK");
    assertThat(Pods.restarts(store.pod(), "valkey")).isZero();
    store.awaitPhase("Ready");
  }

  private static long evicted(Store store) {
    Matcher evicted = EVICTED.matcher(store.operator("INFO", "stats").text());
    assertThat(evicted.find()).isTrue();
    return Long.parseLong(evicted.group(1));
  }
}
