package io.sessionstorage.provider.managed;

import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Sets conditions as Crossplane does. */
public final class Conditions {
  private Conditions() {}

  /**
   * The conditions with one more, or with another one of its type. One that says the same as before
   * keeps its time.
   */
  public static List<Condition> with(
      @Nullable List<Condition> conditions,
      Condition added,
      @Nullable Long generation,
      Instant now) {
    List<Condition> all = new ArrayList<>(Objects.requireNonNullElse(conditions, List.of()));
    Condition dated =
        new Condition(
            added.type(),
            added.status(),
            added.reason(),
            added.message(),
            Annotations.format(now),
            generation);
    for (int i = 0; i < all.size(); i++) {
      if (all.get(i).type().equals(added.type())) {
        if (!same(all.get(i), dated)) {
          all.set(i, dated);
        }
        return List.copyOf(all);
      }
    }
    all.add(dated);
    return List.copyOf(all);
  }

  /** The condition of a type; empty if there is none. */
  public static Optional<Condition> find(@Nullable List<Condition> conditions, String type) {
    return Objects.requireNonNullElse(conditions, List.<Condition>of()).stream()
        .filter(it -> it.type().equals(type))
        .findFirst();
  }

  private static boolean same(Condition one, Condition other) {
    return one.status().equals(other.status())
        && one.reason().equals(other.reason())
        && Objects.requireNonNullElse(one.message(), "")
            .equals(Objects.requireNonNullElse(other.message(), ""))
        && Objects.equals(one.observedGeneration(), other.observedGeneration());
  }
}
