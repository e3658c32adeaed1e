package io.sessionstorage.compose.status;

/**
 * How the store is.
 *
 * @param reason one CamelCase word for machines
 * @param message one sentence or two for a person: what is the case and, if that is not good, what
 *     to do
 */
public record Finding(Phase phase, String reason, String message) {}
