package io.sessionstorage.provider.binding;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;

/**
 * Which consumer of a store restarts its proxies: one after the other, so that a changed password
 * never restarts all at once. One that does not come up holds up the others for five minutes.
 */
final class Turns {
  private static final Duration LONGEST = Duration.ofMinutes(5);

  private record Turn(String binding, Instant since) {}

  private final InstantSource clock;
  private final Map<String, Turn> turns = new HashMap<>();

  Turns(InstantSource clock) {
    this.clock = clock;
  }

  /** Whether it is this one's turn, which it keeps until it is done. */
  synchronized boolean take(String store, String binding) {
    Instant now = clock.instant();
    Turn turn = turns.get(store);
    if (turn != null
        && !turn.binding().equals(binding)
        && turn.since().plus(LONGEST).isAfter(now)) {
      return false;
    }
    if (turn == null || !turn.binding().equals(binding)) {
      turns.put(store, new Turn(binding, now));
    }
    return true;
  }

  /** It is the next one's turn. */
  synchronized void done(String binding) {
    turns.values().removeIf(turn -> turn.binding().equals(binding));
  }
}
