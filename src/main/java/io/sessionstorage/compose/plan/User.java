package io.sessionstorage.compose.plan;

import java.util.Locale;

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

  /** The name in the ACL file, and the key in the Secret. */
  public String text() {
    return name().toLowerCase(Locale.ROOT);
  }
}
