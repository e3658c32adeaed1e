package io.sessionstorage.compose;

import io.sessionstorage.api.Problem;
import java.time.Clock;
import java.util.List;
import java.util.random.RandomGenerator;

/**
 * The whole decision, from what is observed to what is desired. Safe for use by several threads.
 */
public final class Composer {
  /**
   * @param random the source of passwords: cryptographically strong outside tests
   */
  public Composer(RandomGenerator random, Clock clock) {}

  /** Never throws for what a user wrote: that is a {@link Answer.Refused}. */
  public Answer compose(Request request) {
    return new Answer.Refused(List.of(new Problem("", "not there yet")));
  }
}
