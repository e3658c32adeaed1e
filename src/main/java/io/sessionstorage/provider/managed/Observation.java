package io.sessionstorage.provider.managed;

import java.time.Duration;
import java.util.List;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * What was found in the external system.
 *
 * @param state whether it is there, and as wanted
 * @param atProvider the new {@code status.atProvider}; null: leave it as it is. No field of it may
 *     change on every look
 * @param difference what differs from the specification, for the log; empty unless outdated
 * @param conditions the kind's own conditions, and Ready ({@link Condition#available()}, {@link
 *     Condition#unavailable}); others stay as they are
 * @param connection what to publish in the connection Secret
 * @param recheckWithin look again no later than this, though the poll interval may be longer; null:
 *     the poll interval
 */
public record Observation<O>(
    State state,
    @Nullable O atProvider,
    String difference,
    List<Condition> conditions,
    ConnectionDetails connection,
    @Nullable Duration recheckWithin) {
  /** Whether the external resource is there, and as the specification wants it. */
  public enum State {
    /** It does not exist; the external system said so. */
    MISSING,
    /** It exists and is as wanted. */
    CURRENT,
    /** It exists and needs an update. */
    OUTDATED
  }

  /** Makes the list immutable. */
  public Observation {
    conditions = List.copyOf(conditions);
  }

  /** The external system says that there is none. */
  public static <O> Observation<O> missing() {
    return new Observation<>(State.MISSING, null, "", List.of(), ConnectionDetails.NONE, null);
  }

  /** It is as wanted. */
  public static <O> Observation<O> current(O atProvider) {
    return new Observation<>(
        State.CURRENT, atProvider, "", List.of(), ConnectionDetails.NONE, null);
  }

  /** It differs from what is wanted; {@code difference} says how, without secrets. */
  public static <O> Observation<O> outdated(O atProvider, String difference) {
    return new Observation<>(
        State.OUTDATED, atProvider, difference, List.of(), ConnectionDetails.NONE, null);
  }

  /** The same with another condition, in place of one of the same type. */
  public Observation<O> with(Condition condition) {
    List<Condition> all =
        Stream.concat(
                conditions.stream().filter(it -> !it.type().equals(condition.type())),
                Stream.of(condition))
            .toList();
    return new Observation<>(state, atProvider, difference, all, connection, recheckWithin);
  }

  /** The same with details to publish. */
  public Observation<O> publishing(ConnectionDetails details) {
    return new Observation<>(state, atProvider, difference, conditions, details, recheckWithin);
  }

  /** The same, to be looked at again soon. */
  public Observation<O> recheckWithin(Duration limit) {
    return new Observation<>(state, atProvider, difference, conditions, connection, limit);
  }

  /** Whether the external resource is there. */
  public boolean exists() {
    return state != State.MISSING;
  }
}
