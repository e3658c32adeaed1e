package io.sessionstorage.provider.managed;

import static io.sessionstorage.provider.managed.ManagementAction.ALL;
import static io.sessionstorage.provider.managed.ManagementAction.CREATE;
import static io.sessionstorage.provider.managed.ManagementAction.DELETE;
import static io.sessionstorage.provider.managed.ManagementAction.LATE_INITIALIZE;
import static io.sessionstorage.provider.managed.ManagementAction.OBSERVE;
import static io.sessionstorage.provider.managed.ManagementAction.UPDATE;

import java.util.List;
import java.util.Set;
import java.util.TreeSet;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** What {@code spec.managementPolicies} allows. */
record Policies(Set<ManagementAction> actions) {
  private static final Set<Set<ManagementAction>> SUPPORTED =
      Set.of(
          Set.of(ALL),
          Set.of(OBSERVE, CREATE, UPDATE, DELETE, LATE_INITIALIZE),
          Set.of(),
          Set.of(OBSERVE),
          Set.of(OBSERVE, CREATE, UPDATE, DELETE),
          Set.of(OBSERVE, CREATE, UPDATE, LATE_INITIALIZE),
          Set.of(OBSERVE, CREATE, UPDATE),
          Set.of(OBSERVE, CREATE, DELETE, LATE_INITIALIZE),
          Set.of(OBSERVE, CREATE, LATE_INITIALIZE),
          Set.of(OBSERVE, CREATE, DELETE),
          Set.of(OBSERVE, CREATE),
          Set.of(OBSERVE, DELETE),
          Set.of(OBSERVE, UPDATE),
          Set.of(OBSERVE, LATE_INITIALIZE),
          Set.of(OBSERVE, UPDATE, LATE_INITIALIZE));

  /** Reads the field; null, which the API server replaces by its default, is all. */
  static Policies of(@Nullable List<ManagementAction> policies) {
    return new Policies(policies == null ? Set.of(ALL) : Set.copyOf(policies));
  }

  boolean supported() {
    return SUPPORTED.contains(actions);
  }

  boolean paused() {
    return actions.isEmpty();
  }

  boolean onlyObserve() {
    return actions.equals(Set.of(OBSERVE));
  }

  boolean allow(ManagementAction action) {
    return actions.contains(action) || actions.contains(ALL);
  }

  /** As Go prints them. */
  @Override
  public String toString() {
    return new TreeSet<>(actions)
        .stream().map(ManagementAction::text).collect(Collectors.joining(" ", "[", "]"));
  }
}
