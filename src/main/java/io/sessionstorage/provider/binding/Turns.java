package io.sessionstorage.provider.binding;

import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashMap;
import java.util.Map;
import java.util.Optional;
import java.util.function.Supplier;

/**
 * Which consumer of a store restarts its proxies: one after the other, so that a changed password
 * never restarts all at once. One that does not come up holds up the others for five minutes. Of
 * the time before this process, the Bindings' own status tells.
 */
final class Turns {
  private static final Duration LONGEST = Duration.ofMinutes(5);

  private record Turn(String binding, Instant since) {}

  private final InstantSource clock;
  private final Map<String, Turn> turns = new HashMap<>();

  Turns(InstantSource clock) {
    this.clock = clock;
  }

  /** What one may do. */
  enum Turned {
    /** It is another one's turn. */
    WAIT,
    /** Say in the status that it begins, so that the next process knows it, and ask again. */
    ANNOUNCE,
    /** It is its turn, until it is done. */
    GO
  }

  /**
   * Takes the turn if it is free.
   *
   * @param before whose turn it is by their status; asked if nothing is known of the store
   */
  synchronized Turned take(String store, String binding, Supplier<Optional<String>> before) {
    Instant now = clock.instant();
    Turn turn =
        turns.containsKey(store)
            ? turns.get(store)
            : before.get().map(other -> new Turn(other, now)).orElse(null);
    boolean mine = turn != null && turn.binding().equals(binding);
    boolean free = turn == null || !turn.since().plus(LONGEST).isAfter(now);
    turns.put(store, turn == null || (free && !mine) ? new Turn(binding, now) : turn);
    if (mine) {
      return Turned.GO;
    }
    return free ? Turned.ANNOUNCE : Turned.WAIT;
  }

  /** It is the next one's turn. */
  synchronized void done(String binding) {
    turns.values().removeIf(turn -> turn.binding().equals(binding));
  }
}
