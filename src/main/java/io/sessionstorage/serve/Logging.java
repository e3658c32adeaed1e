package io.sessionstorage.serve;

import org.slf4j.LoggerFactory;
import org.slf4j.bridge.SLF4JBridgeHandler;

/** How this process logs. */
public final class Logging {
  private Logging() {}

  /**
   * Sends what libraries log by other means, gRPC's warnings for one, the same way as everything
   * else.
   *
   * @param debug debug messages too, instead of information and worse
   */
  public static void start(boolean debug) {
    SLF4JBridgeHandler.removeHandlersForRootLogger();
    SLF4JBridgeHandler.install();
    if (LoggerFactory.getLogger("io.sessionstorage")
        instanceof ch.qos.logback.classic.Logger logger) {
      logger.setLevel(
          debug ? ch.qos.logback.classic.Level.DEBUG : ch.qos.logback.classic.Level.INFO);
    }
  }
}
