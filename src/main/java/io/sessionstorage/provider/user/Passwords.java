package io.sessionstorage.provider.user;

import io.sessionstorage.provider.managed.ConnectionDetails;
import io.sessionstorage.serve.Durations;
import java.time.DateTimeException;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.function.Supplier;
import org.jspecify.annotations.Nullable;

/**
 * The password that a user should have, and since when. What is remembered of it is in the
 * connection Secret, beside the password itself.
 *
 * @param value the password
 * @param since when it took the place of the one before
 * @param trigger the trigger that it was made for, empty: for none
 * @param previous the one before, if it changes now; empty: it does not change, or none is known
 * @param changes whether it is to be set now
 */
record Passwords(String value, Instant since, String trigger, String previous, boolean changes) {
  static final String ROTATED_AT = "rotatedAt";
  static final String TRIGGER = "rotationTrigger";

  /** Since when a password is valid that was there when it was first looked for. */
  private static final Instant UNKNOWN = Instant.EPOCH;

  private static final Duration OVERLAP = Duration.ofMinutes(10);

  /**
   * Decides.
   *
   * @param given by the user's own Secret, null: passwords are made here
   * @param maker of passwords
   */
  static Passwords decide(
      UserParameters.@Nullable Rotation rotation,
      @Nullable String given,
      ConnectionDetails published,
      Instant now,
      Supplier<String> maker) {
    String current = published.get("password");
    Instant since = time(published.get(ROTATED_AT)).orElse(now.truncatedTo(ChronoUnit.SECONDS));
    String trigger = published.get(TRIGGER);
    if (given != null && current.isEmpty()) {
      return new Passwords(given, UNKNOWN, wanted(rotation).orElse(""), "", false);
    }
    boolean due =
        given == null ? due(rotation, current, since, trigger, now) : !given.equals(current);
    if (!due) {
      return new Passwords(current, since, trigger, "", false);
    }
    return new Passwords(
        given == null ? maker.get() : given,
        now.truncatedTo(ChronoUnit.SECONDS),
        wanted(rotation).orElse(""),
        current,
        true);
  }

  private static boolean due(
      UserParameters.@Nullable Rotation rotation,
      String current,
      Instant since,
      String trigger,
      Instant now) {
    if (current.isEmpty()) {
      return true;
    }
    return wanted(rotation).filter(text -> !text.equals(trigger)).isPresent()
        || next(rotation, since).filter(time -> !time.isAfter(now)).isPresent();
  }

  private static Optional<String> wanted(UserParameters.@Nullable Rotation rotation) {
    return Optional.ofNullable(rotation).map(UserParameters.Rotation::trigger);
  }

  private static Optional<Instant> next(UserParameters.@Nullable Rotation rotation, Instant since) {
    return Optional.ofNullable(rotation)
        .map(UserParameters.Rotation::every)
        .flatMap(Durations::parse)
        .filter(Duration::isPositive)
        .map(since::plus);
  }

  /** When it took the place of the one before; empty if nobody knows. */
  Optional<Instant> rotated() {
    return Optional.of(since).filter(time -> !time.equals(UNKNOWN));
  }

  /** When it changes next by itself. */
  Optional<Instant> next(UserParameters.@Nullable Rotation rotation, boolean given) {
    return given ? Optional.empty() : next(rotation, since);
  }

  /** Until when the one before is valid. */
  Instant overlapEnd(UserParameters.@Nullable Rotation rotation) {
    return since.plus(
        Optional.ofNullable(rotation)
            .map(UserParameters.Rotation::overlap)
            .flatMap(Durations::parse)
            .orElse(OVERLAP));
  }

  /** What is remembered of it. */
  Map<String, String> memory() {
    return Map.of(ROTATED_AT, since.toString(), TRIGGER, Objects.requireNonNull(trigger));
  }

  private static Optional<Instant> time(String text) {
    try {
      return Optional.of(Instant.parse(text));
    } catch (DateTimeException e) {
      return Optional.empty();
    }
  }

  /** Without the passwords. */
  @Override
  public String toString() {
    return "Passwords[since=%s, changes=%s]".formatted(since, changes);
  }
}
