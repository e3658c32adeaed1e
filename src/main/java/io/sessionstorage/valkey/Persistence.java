package io.sessionstorage.valkey;

import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Where a server keeps its users over a restart. */
public enum Persistence {
  ACL_FILE("ACLFile"),
  CONFIG_FILE("ConfigFile"),
  /** Nowhere: it forgets them. */
  NONE("None"),
  /** The user may not ask. */
  UNKNOWN(null);

  private static final String NO_ACL_FILE = "not configured to use an ACL file";

  private final @Nullable String text;

  Persistence(@Nullable String text) {
    this.text = text;
  }

  /** For people; empty if it is unknown. */
  public Optional<String> text() {
    return Optional.ofNullable(text);
  }

  /** Asks a server. */
  public static Persistence of(Link link) throws ValkeyException {
    if (!(link.ask("CONFIG", "GET", "aclfile") instanceof Reply.Array file)
        || !(link.ask("INFO", "server") instanceof Reply.Text info)) {
      return UNKNOWN;
    }
    Reply path = file.pairs().get("aclfile");
    if (path != null && !path.text().isEmpty()) {
      return ACL_FILE;
    }
    return info.value().lines().anyMatch(line -> line.matches("config_file:.+"))
        ? CONFIG_FILE
        : NONE;
  }

  /**
   * Has a server write its users to where it keeps them. It is no failure if it keeps them nowhere,
   * or the user may not have them written: whoever looks for them next makes them anew.
   *
   * @throws ValkeyException if it tried and could not
   */
  public static void save(Link link) throws ValkeyException {
    Reply saved = link.ask("ACL", "SAVE");
    if (saved instanceof Reply.Err(String message) && message.contains(NO_ACL_FILE)) {
      Reply written = link.ask("CONFIG", "REWRITE");
      if (written instanceof Reply.Err(String cause)
          && !cause.startsWith("NOPERM")
          && !cause.contains("without a config file")) {
        link.call("CONFIG", "REWRITE");
      }
    } else if (saved instanceof Reply.Err(String message) && !message.startsWith("NOPERM")) {
      link.call("ACL", "SAVE");
    }
  }
}
