package io.sessionstorage.compose.status;

/** {@code status.phase}. */
public enum Phase {
  /** Nothing runs yet, something is waited for. */
  PENDING("Pending"),
  /** On its way to Ready. */
  PROVISIONING("Provisioning"),
  /** A client can use the store. */
  READY("Ready"),
  /** It was ready, is not, and is expected to mend itself. */
  DEGRADED("Degraded"),
  /** Stopped on purpose, the data kept. */
  SUSPENDED("Suspended"),
  /** It needs somebody. */
  FAILED("Failed");

  private final String text;

  Phase(String text) {
    this.text = text;
  }

  /** As in the status. */
  public String text() {
    return text;
  }
}
