package io.sessionstorage.compose;

import java.util.LinkedHashMap;
import java.util.Map;
import java.util.function.Function;

/** The latest results of a pure function. Safe for use by several threads. */
final class Memo<K, V> {
  private final Function<K, V> function;
  private final Map<K, V> results;

  /**
   * A memo without results.
   *
   * @param capacity how many results are kept: those that were asked for last
   */
  Memo(int capacity, Function<K, V> function) {
    this.function = function;
    this.results =
        new LinkedHashMap<>(capacity, 0.75f, true) {
          @Override
          protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
            return size() > capacity;
          }
        };
  }

  /** Two threads that ask for the same at the same time may both work it out. */
  V of(K argument) {
    synchronized (results) {
      V known = results.get(argument);
      if (known != null) {
        return known;
      }
    }
    V result = function.apply(argument);
    synchronized (results) {
      results.put(argument, result);
    }
    return result;
  }
}
