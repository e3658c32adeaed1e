package io.sessionstorage.api;

/** A preset of {@code spec.size}. */
public enum Size {
  /** One pod, in memory only. */
  SMALL(1, false),
  /** One pod, with a volume. */
  MEDIUM(1, true),
  /** Three pods with a volume each, one of which is the primary, behind proxies that find it. */
  LARGE(3, true);

  private final int nodes;
  private final boolean persistent;

  Size(int nodes, boolean persistent) {
    this.nodes = nodes;
    this.persistent = persistent;
  }

  /** How many pods hold the data. */
  public int nodes() {
    return nodes;
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
