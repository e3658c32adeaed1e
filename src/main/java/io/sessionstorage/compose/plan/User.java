package io.sessionstorage.compose.plan;

import java.util.Locale;
import java.util.Map;
import java.util.Optional;
import java.util.function.Function;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/** An ACL user of Valkey, each with a password of its own (design: Secrets). */
public enum User {
  /** ToolHive: it logs in without a user name. */
  DEFAULT,
  REPLICATION,
  SENTINEL,
  /** The pods' probes. */
  PROBE,
  EXPORTER,
  BACKUP,
  /** Applies changed settings to the running server. */
  OPERATOR;

  private static final Map<String, User> BY_TEXT =
      Stream.of(values()).collect(Collectors.toMap(User::text, Function.identity()));

  private final String text = name().toLowerCase(Locale.ROOT);

  /** The name in the ACL file, and the key in the Secret. */
  public String text() {
    return text;
  }

  /** The user of that name; empty: a store has none. */
  static Optional<User> of(String text) {
    return Optional.ofNullable(BY_TEXT.get(text));
  }
}
