package io.sessionstorage.provider.connection;

import static java.util.Comparator.naturalOrder;
import static java.util.stream.Collectors.joining;

import io.sessionstorage.provider.managed.Condition;
import java.util.List;

/**
 * One thing that a look at a server shows to be wrong.
 *
 * @param about which of the Connection's conditions it makes untrue
 * @param reason one CamelCase word
 * @param message what is the case, and what to do; the same for as long as it is the same
 */
record Finding(About about, Severity severity, String reason, String message) {
  /** The Connection's conditions, beside Ready and Synced. */
  enum About {
    PRIMARY("PrimaryAvailable", "Writable", "It is a primary, and takes writes."),
    COMMANDS("CommandsPermitted", "Permitted", "The user may call every command that is needed."),
    VERSION("VersionSupported", "Supported", "It is new enough."),
    PERSISTENCE("PersistenceHealthy", "Persistent", "It keeps its data on disk."),
    MEMORY("MemoryHealthy", "Sufficient", "It has room, or makes room."),
    TLS("TLSValid", "Valid", "Its certificate is trusted and will be for some time."),
    ACCESS("AccessRestricted", "PasswordRequired", "It asks for a password.");

    private final String type;
    private final String goodReason;
    private final String goodMessage;

    About(String type, String goodReason, String goodMessage) {
      this.type = type;
      this.goodReason = goodReason;
      this.goodMessage = goodMessage;
    }

    String type() {
      return type;
    }

    Condition good() {
      return Condition.of(type, true, goodReason, goodMessage);
    }
  }

  /** How bad it is, the worst first. */
  enum Severity {
    /** ToolHive cannot use the server: the Connection is not Ready. */
    ERROR,
    /** It can, but should not for long. */
    WARNING,
    /** It cannot be told. */
    UNKNOWN
  }

  static Finding error(About about, String reason, String message) {
    return new Finding(about, Severity.ERROR, reason, message);
  }

  static Finding warning(About about, String reason, String message) {
    return new Finding(about, Severity.WARNING, reason, message);
  }

  static Finding unknown(About about, String reason, String message) {
    return new Finding(about, Severity.UNKNOWN, reason, message);
  }

  /** The gravest of those that are about the same; at least one. */
  static Condition condition(List<Finding> all) {
    Severity worst = all.stream().map(Finding::severity).min(naturalOrder()).orElseThrow();
    List<Finding> gravest = all.stream().filter(it -> it.severity() == worst).toList();
    Finding first = gravest.getFirst();
    String message = gravest.stream().map(Finding::message).collect(joining(" "));
    return worst == Severity.UNKNOWN
        ? Condition.unknown(first.about().type(), first.reason(), message)
        : Condition.of(first.about().type(), false, first.reason(), message);
  }
}
