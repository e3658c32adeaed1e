package io.sessionstorage.compose.status;

/**
 * One condition of the composite and its claim.
 *
 * @param message what is the case and, if that is not good, what to do
 */
public record Condition(String type, Status status, String reason, String message) {
  /** A condition's status. */
  public enum Status {
    TRUE,
    FALSE,
    UNKNOWN
  }

  Condition(String type, boolean holds, String reason, String message) {
    this(type, holds ? Status.TRUE : Status.FALSE, reason, message);
  }
}
