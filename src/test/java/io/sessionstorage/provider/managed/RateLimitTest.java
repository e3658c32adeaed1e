package io.sessionstorage.provider.managed;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionstorage.testing.Requirement;
import java.time.Duration;
import java.util.Optional;
import java.util.concurrent.atomic.AtomicLong;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;

class RateLimitTest {
  private static final int RATE = 10;

  private final AtomicLong nanos = new AtomicLong();
  private final RateLimit limit = new RateLimit(RATE, nanos::get);

  @Test
  @Requirement(
      "Runtime: --max-reconcile-rate is so many reconciles a second, of all resources together, and ten times as many at once")
  void lastsForTenSecondsAtOnce() {
    assertThat(IntStream.range(0, 10 * RATE).mapToObj(i -> anyone())).allMatch(Optional::isEmpty);

    assertThat(anyone()).contains(Duration.ofMillis(100));
    assertThat(anyone()).contains(Duration.ofMillis(200));
  }

  @Test
  void whoHasWaitedIsLetThrough() {
    IntStream.range(0, 10 * RATE).forEach(i -> anyone());
    RateLimit.Turn waiting = limit.initState();
    assertThat(limit.isLimited(waiting)).isPresent();

    assertThat(limit.isLimited(waiting)).isEmpty();
    assertThat(limit.isLimited(waiting)).as("once").isPresent();
  }

  @Test
  void refillsButNotBeyondWhatMayBeDoneAtOnce() {
    IntStream.range(0, 10 * RATE).forEach(i -> anyone());

    nanos.addAndGet(Duration.ofHours(1).toNanos());

    assertThat(IntStream.range(0, 10 * RATE).mapToObj(i -> anyone())).allMatch(Optional::isEmpty);
    assertThat(anyone()).isPresent();
  }

  private Optional<Duration> anyone() {
    return limit.isLimited(limit.initState());
  }
}
