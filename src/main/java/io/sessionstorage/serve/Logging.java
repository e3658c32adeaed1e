package io.sessionstorage.serve;

import org.slf4j.LoggerFactory;

/** How this process logs. */
public final class Logging {
  private Logging() {}

  /** Debug messages too, or information and worse. */
  public static void level(boolean debug) {
    if (LoggerFactory.getLogger("io.sessionstorage")
        instanceof ch.qos.logback.classic.Logger logger) {
      logger.setLevel(
          debug ? ch.qos.logback.classic.Level.DEBUG : ch.qos.logback.classic.Level.INFO);
    }
  }
}
