package io.sessionstorage.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.HashMap;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A store that is ready is left alone. */
@ResourceLock(Installation.LOCK)
@TestInstance(Lifecycle.PER_CLASS)
class QuietIT {
  private static final Duration QUIET = Duration.ofMinutes(3);

  /** The shortest time between two calls: 60 s, less Crossplane's jitter of a tenth. */
  private static final Duration TIMER = Duration.ofSeconds(54);

  @AutoClose private final TestNamespace namespace = namespace();

  private static TestNamespace namespace() {
    Installation.NAMESPACED.require();
    return new TestNamespace("quiet");
  }

  @Test
  void afterReadyNothingChanges() {
    Store small = namespace.store("small").apply("{size: small}");
    Store medium = namespace.store("medium").apply("{size: medium, deletionProtection: true}");
    small.awaitReady();
    medium.awaitReady();
    await("that no other test's store ends, which calls the function as well")
        .atMost(Duration.ofMinutes(3))
        .until(() -> !Store.someEnd());
    awaitNoChange(Duration.ofSeconds(10), Duration.ofMinutes(2), small, medium);
    long calls = FunctionPods.calls();

    awaitNoChange(QUIET, QUIET.plusSeconds(15), small, medium);

    // Each timer's reconciliation may call twice: to hear what is required, and with it. One more
    // is
    // for the pods, which a new store does not require at first, and which are watched from then
    // on.
    long perStore = 2 * (QUIET.plusSeconds(15).dividedBy(TIMER) + 2);
    long stores = Store.everywhere().size();
    assertThat(FunctionPods.calls() - calls)
        .as("calls of the function for %d stores in %s", stores, QUIET)
        .isBetween(stores, perStore * stores);
    assertThat(small.condition("Responsive")).startsWith("True WatchCircuitClosed");
    assertThat(medium.condition("Responsive")).startsWith("True WatchCircuitClosed");
    medium.apply("{size: medium, deletionProtection: false}").awaitDeletable();
  }

  /** Fails if within {@code patience} there is no time of {@code quiet} without a change. */
  private static void awaitNoChange(Duration quiet, Duration patience, Store... stores) {
    Map<String, String> last = new HashMap<>();
    await("no change")
        .during(quiet)
        .atMost(patience)
        .pollInterval(Duration.ofSeconds(2))
        .until(
            () -> {
              Map<String, String> now = new HashMap<>();
              for (Store store : stores) {
                now.put(store.toString(), store.get().getMetadata().getResourceVersion());
                store.versions().forEach((object, version) -> now.put(store + object, version));
              }
              boolean same = now.equals(last);
              last.clear();
              last.putAll(now);
              return same;
            });
  }
}
