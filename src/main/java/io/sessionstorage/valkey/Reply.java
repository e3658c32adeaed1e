package io.sessionstorage.valkey;

import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/** What a server answers (RESP2). */
public sealed interface Reply {
  /** A simple or a bulk string. */
  record Text(String value) implements Reply {}

  /** An integer. */
  record Int(long value) implements Reply {}

  /** An error; its first word is the code. A long one is cut off. */
  record Err(String message) implements Reply {}

  /** A null string or a null array. */
  record Nil() implements Reply {}

  /** An array. */
  record Array(List<Reply> items) implements Reply {}

  /** The value of a string or an integer, otherwise nothing. */
  default String text() {
    return switch (this) {
      case Text text -> text.value();
      case Int number -> Long.toString(number.value());
      case Err _, Nil _, Array _ -> "";
    };
  }

  /** The strings in an array, otherwise nothing. */
  default List<String> texts() {
    return this instanceof Array array
        ? array.items().stream().map(Reply::text).toList()
        : List.of();
  }

  /** The pairs of an array whose items are keys and values in turn. */
  default Map<String, Reply> pairs() {
    Map<String, Reply> pairs = new LinkedHashMap<>();
    if (this instanceof Array array) {
      List<Reply> items = new ArrayList<>(array.items());
      for (int i = 0; i + 1 < items.size(); i += 2) {
        pairs.put(items.get(i).text(), items.get(i + 1));
      }
    }
    return pairs;
  }
}
