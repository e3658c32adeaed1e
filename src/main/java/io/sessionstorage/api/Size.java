package io.sessionstorage.api;

/** A preset of {@code spec.size}. */
public enum Size {
  /** One pod, in memory only. */
  SMALL(false),
  /** One pod, with a volume. */
  MEDIUM(true);

  private final boolean persistent;

  Size(boolean persistent) {
    this.persistent = persistent;
  }

  /** Whether sessions outlive the pod. */
  public boolean persistent() {
    return persistent;
  }

  /** As written in the specification. */
  public String text() {
    return name().toLowerCase(java.util.Locale.ROOT);
  }

  static Size of(String text) {
    return valueOf(text.toUpperCase(java.util.Locale.ROOT));
  }
}
