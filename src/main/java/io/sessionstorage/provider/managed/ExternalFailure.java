package io.sessionstorage.provider.managed;

import java.util.List;

/**
 * What the external system, or the way to it, refuses; its message is for the user: cause and
 * remedy, no secret.
 */
public final class ExternalFailure extends RuntimeException {
  private static final long serialVersionUID = 1;

  private final transient List<Condition> conditions;

  /** A failure that says nothing about the resource's own conditions: they stay as they are. */
  public ExternalFailure(String message) {
    this(message, List.of());
  }

  /**
   * A failure that is known to make a condition untrue, for example {@link
   * Condition#unavailable(String)} of a server that cannot be reached.
   */
  public ExternalFailure(String message, List<Condition> conditions) {
    super(message);
    this.conditions = List.copyOf(conditions);
  }

  /** Conditions to set beside Synced. */
  public List<Condition> conditions() {
    return conditions;
  }
}
