package io.sessionstorage.serve;

import ch.qos.logback.classic.Level;
import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.LoggerContext;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.encoder.PatternLayoutEncoder;
import ch.qos.logback.classic.spi.Configurator;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.ConsoleAppender;
import ch.qos.logback.core.encoder.Encoder;
import ch.qos.logback.core.spi.ContextAwareBase;
import java.io.Console;

/**
 * One event a line on standard error: JSON, or plain text for a person at a terminal. Faster to
 * start than XML.
 */
public final class LogbackConfigurator extends ContextAwareBase implements Configurator {
  @Override
  public ExecutionStatus configure(LoggerContext context) {
    ConsoleAppender<ILoggingEvent> console = new ConsoleAppender<>();
    console.setContext(context);
    console.setTarget("System.err");
    Encoder<ILoggingEvent> encoder = atTerminal() ? plain() : json();
    encoder.setContext(context);
    encoder.start();
    console.setEncoder(encoder);
    console.start();
    Logger root = context.getLogger(Logger.ROOT_LOGGER_NAME);
    root.setLevel(Level.WARN);
    root.addAppender(console);
    // A client that fails to log in, or goes away, is no event of the function.
    context.getLogger("io.grpc.netty").setLevel(Level.ERROR);
    // That the product's own kinds are alpha is no news.
    context
        .getLogger("io.fabric8.kubernetes.client.dsl.internal.VersionUsageUtils")
        .setLevel(Level.ERROR);
    context.getLogger("io.sessionstorage").setLevel(Level.INFO);
    return ExecutionStatus.DO_NOT_INVOKE_NEXT_IF_ANY;
  }

  @SuppressWarnings(
      "SystemConsoleNull") // null or not depends on jdk.console, which a jlink'd runtime may lack
  private static boolean atTerminal() {
    Console console = System.console();
    return console != null && console.isTerminal();
  }

  private static Encoder<ILoggingEvent> json() {
    JsonEncoder json = new JsonEncoder();
    json.setWithSequenceNumber(false);
    json.setWithNanoseconds(false);
    json.setWithContext(false);
    json.setWithMDC(false);
    return json;
  }

  private static Encoder<ILoggingEvent> plain() {
    PatternLayoutEncoder plain = new PatternLayoutEncoder();
    plain.setPattern("%d{HH:mm:ss.SSS} %-5level %logger{0} %msg %kvp%n%ex{short}");
    return plain;
  }
}
