package io.sessionstorage.compose.status;

/** An event on the composite and its claim; made on a transition only. */
public record Event(boolean warning, String reason, String message) {}
