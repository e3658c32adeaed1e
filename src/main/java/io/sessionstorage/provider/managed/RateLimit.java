package io.sessionstorage.provider.managed;

import io.javaoperatorsdk.operator.processing.event.rate.RateLimiter;
import java.time.Duration;
import java.util.Optional;
import java.util.function.LongSupplier;

/** So many reconciles a second, of all kinds together, and ten times as many at once. */
final class RateLimit implements RateLimiter<RateLimit.Turn> {
  private static final int BURST = 10;
  private static final double NANOS = 1e9;

  private final int rate;
  private final LongSupplier nanoTime;
  private double left;
  private long since;

  RateLimit(int rate, LongSupplier nanoTime) {
    this.rate = rate;
    this.nanoTime = nanoTime;
    this.left = (double) rate * BURST;
    this.since = nanoTime.getAsLong();
  }

  /** Whether an object has waited for its turn, which it then has. */
  static final class Turn implements RateLimiter.RateLimitState {
    private boolean taken;
  }

  @Override
  public synchronized Optional<Duration> isLimited(RateLimitState state) {
    if (state instanceof Turn turn && turn.taken) {
      turn.taken = false;
      return Optional.empty();
    }
    long now = nanoTime.getAsLong();
    left = Math.min((double) rate * BURST, left + (now - since) / NANOS * rate);
    since = now;
    left--;
    if (left >= 0) {
      return Optional.empty();
    }
    if (state instanceof Turn turn) {
      turn.taken = true;
    }
    return Optional.of(Duration.ofNanos((long) (-left / rate * NANOS)));
  }

  @Override
  public Turn initState() {
    return new Turn();
  }
}
