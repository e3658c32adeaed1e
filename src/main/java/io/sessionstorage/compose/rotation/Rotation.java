package io.sessionstorage.compose.rotation;

import io.sessionstorage.api.RotationPolicy;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.TreeMap;
import org.jspecify.annotations.Nullable;

/**
 * Where the replacement of a store's passwords is. It is kept in the annotations of the Secret that
 * has the passwords, so that both are always of one state. Times are whole seconds.
 *
 * @param since when the step began
 * @param rotatedAt since when consumers have their password
 * @param oldUntil until when older passwords were accepted; null: there were none yet, or it is not
 *     known because they still are
 * @param rotateAt the last {@code spec.credentials.rotateAt} that was acted upon; empty: none
 */
public record Rotation(
    Step step, Instant since, Instant rotatedAt, @Nullable Instant oldUntil, String rotateAt) {
  /** On the Job that proves a step, and on nothing else: which step it proves. */
  public static final String MARK = "toolhive.stacklok.dev/rotation";

  private static final String STEP = "toolhive.stacklok.dev/rotation-step";
  private static final String SINCE = "toolhive.stacklok.dev/rotation-since";
  private static final String ROTATED_AT = "toolhive.stacklok.dev/rotated-at";
  private static final String OLD_UNTIL = "toolhive.stacklok.dev/old-accepted-until";
  private static final String ROTATE_AT = "toolhive.stacklok.dev/rotate-at";

  /**
   * What the machine has to know about the store.
   *
   * @param lost whether the Secret with the passwords is gone while the store is there
   * @param stopped whether nothing runs and nothing is to run
   * @param settled whether everything that is to run does
   * @param proven whether a Job has seen that the step is done
   */
  public record Situation(boolean lost, boolean stopped, boolean settled, boolean proven) {}

  /** Of passwords that are made now. */
  public static Rotation first(RotationPolicy policy, Instant now) {
    Instant second = now.truncatedTo(ChronoUnit.SECONDS);
    return new Rotation(Step.CURRENT, second, second, null, served(policy, ""));
  }

  /** The same, of passwords that consumers have since {@code time}. */
  public Rotation withRotatedAt(Instant time) {
    return new Rotation(step, since, time, oldUntil, rotateAt);
  }

  /**
   * As it was left.
   *
   * @param annotations those of the Secret that has the passwords
   * @param data the same Secret's data
   * @param created when the Secret was made: the age of passwords that have no annotations
   */
  public static Rotation read(
      Map<String, String> annotations, Map<String, String> data, Instant created) {
    Step step =
        Step.of(annotations.getOrDefault(STEP, "")).orElseGet(() -> Passwords.earliestStep(data));
    return new Rotation(
        step,
        time(annotations, SINCE).orElse(created),
        time(annotations, ROTATED_AT).orElse(created),
        time(annotations, OLD_UNTIL).orElse(null),
        annotations.getOrDefault(ROTATE_AT, ""));
  }

  private static Optional<Instant> time(Map<String, String> annotations, String name) {
    try {
      return Optional.ofNullable(annotations.get(name)).map(Instant::parse);
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }

  /** What {@link #read} reads. */
  public Map<String, String> annotations() {
    Map<String, String> annotations = new TreeMap<>();
    annotations.put(STEP, step.text());
    annotations.put(SINCE, since.toString());
    annotations.put(ROTATED_AT, rotatedAt.toString());
    if (oldUntil != null) {
      annotations.put(OLD_UNTIL, oldUntil.toString());
    }
    if (!rotateAt.isEmpty()) {
      annotations.put(ROTATE_AT, rotateAt);
    }
    return annotations;
  }

  /** Tells this step from every other one of this store. */
  public String mark() {
    return step.text() + " " + since;
  }

  /** The state that follows, which is this one as long as nothing is to be done. */
  public Rotation next(RotationPolicy policy, Situation store, Instant now) {
    Instant second = now.truncatedTo(ChronoUnit.SECONDS);
    if (store.lost || (step == Step.CURRENT && isDue(policy, second) && canStart(store))) {
      return store.stopped ? begin(policy, second).overlap(second) : begin(policy, second);
    }
    return switch (step) {
      case CURRENT -> this;
      case ADDING -> store.stopped || store.proven ? at(Step.SWITCHING, second) : this;
      case SWITCHING -> store.stopped || store.proven ? overlap(second) : this;
      case OVERLAP ->
          second.isBefore(since.plus(policy.overlap())) ? this : at(Step.REMOVING, second);
      case REMOVING ->
          store.stopped || store.proven
              ? new Rotation(Step.CURRENT, second, rotatedAt, second, rotateAt)
              : this;
    };
  }

  private static boolean canStart(Situation store) {
    return store.stopped || store.settled;
  }

  private Rotation begin(RotationPolicy policy, Instant now) {
    return new Rotation(Step.ADDING, now, rotatedAt, oldUntil, served(policy, rotateAt));
  }

  private Rotation overlap(Instant now) {
    return new Rotation(Step.OVERLAP, now, now, null, rotateAt);
  }

  private Rotation at(Step step, Instant now) {
    return new Rotation(step, now, rotatedAt, oldUntil, rotateAt);
  }

  private static String served(RotationPolicy policy, String before) {
    return Objects.requireNonNullElse(policy.rotateAt(), before);
  }

  /** Whether the passwords are to be replaced, as soon as that is possible. */
  public boolean isDue(RotationPolicy policy, Instant now) {
    boolean asked = policy.rotateAt() != null && !policy.rotateAt().equals(rotateAt);
    return asked || (policy.every() != null && !now.isBefore(rotatedAt.plus(policy.every())));
  }

  /** When the old passwords will be, or were, refused; null: nobody knows yet. */
  public @Nullable Instant oldAcceptedUntil(RotationPolicy policy) {
    return switch (step) {
      case OVERLAP -> since.plus(policy.overlap());
      case REMOVING -> since;
      case CURRENT, ADDING, SWITCHING -> oldUntil;
    };
  }
}
