package io.sessionstorage.provider.managed;

import java.util.Map;
import java.util.TreeMap;

/** Keys and values of a connection Secret, as text. */
public record ConnectionDetails(Map<String, String> values) {
  /** Nothing to publish. */
  public static final ConnectionDetails NONE = new ConnectionDetails(Map.of());

  /** Makes the map immutable. */
  public ConnectionDetails {
    values = Map.copyOf(values);
  }

  /** The value of a key; empty if there is none. */
  public String get(String key) {
    return values.getOrDefault(key, "");
  }

  /** Whether publishing {@code others} would change nothing; never where nothing is published. */
  boolean includes(ConnectionDetails others) {
    return !values.isEmpty() && values.entrySet().containsAll(others.values.entrySet());
  }

  /** These, and the others in addition; the others win. */
  ConnectionDetails and(ConnectionDetails others) {
    Map<String, String> all = new TreeMap<>(values);
    all.putAll(others.values);
    return new ConnectionDetails(all);
  }

  /** The keys alone: the values are secret. */
  @Override
  public String toString() {
    return "ConnectionDetails" + values.keySet().stream().sorted().toList();
  }
}
