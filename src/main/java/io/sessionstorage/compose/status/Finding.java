package io.sessionstorage.compose.status;

/**
 * How the store is.
 *
 * @param available whether a client can use it
 * @param reason one CamelCase word for machines
 * @param message one sentence or two for a person: what is the case and, if that is not good, what
 *     to do
 */
public record Finding(Phase phase, boolean available, String reason, String message) {
  /** Available when it is ready, and not before. */
  public Finding(Phase phase, String reason, String message) {
    this(phase, phase == Phase.READY, reason, message);
  }
}
