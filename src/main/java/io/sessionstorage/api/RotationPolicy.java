package io.sessionstorage.api;

import java.time.Duration;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/**
 * When the passwords of a store are replaced.
 *
 * @param every null: not by timer
 * @param overlap how long the old passwords are still accepted when consumers have the new ones
 * @param rotateAt any text; another one than before replaces them now. Null: not asked for
 */
public record RotationPolicy(
    @Nullable Duration every, Duration overlap, @Nullable String rotateAt) {
  /** Only if somebody deletes them. */
  public static final RotationPolicy NEVER = new RotationPolicy(null, Duration.ofHours(1), null);

  private static final String LONGEST = "87600h";

  static RotationPolicy read(Fields credentials) {
    credentials.only(Set.of("rotation", "rotateAt"));
    Fields rotation = credentials.object("rotation").only(Set.of("every", "overlap"));
    Duration every = rotation.duration("every", "1h", LONGEST);
    Duration overlap = rotation.duration("overlap", "2m", LONGEST);
    RotationPolicy policy =
        new RotationPolicy(
            every, overlap == null ? NEVER.overlap : overlap, credentials.text("rotateAt"));
    if (every != null && policy.overlap.compareTo(every) >= 0) {
      rotation.problem("overlap", "must be shorter than every: 1h if it is not set");
    }
    return policy;
  }
}
