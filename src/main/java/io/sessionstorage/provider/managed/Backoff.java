package io.sessionstorage.provider.managed;

import java.time.Duration;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * How long to wait before the next attempt: a second, then twice as long each time, up to a minute.
 */
final class Backoff {
  private static final long LONGEST_SECONDS = 60;
  private static final int DOUBLINGS = 6;

  private final Map<String, Integer> attempts = new ConcurrentHashMap<>();

  /** The delay before the next attempt on this one. */
  Duration next(String uid) {
    int before = attempts.merge(uid, 1, (one, more) -> Math.min(one + more, DOUBLINGS + 1)) - 1;
    return Duration.ofSeconds(Math.min(1L << before, LONGEST_SECONDS));
  }

  /** Begin anew. */
  void reset(String uid) {
    attempts.remove(uid);
  }
}
