package io.sessionstorage.serve;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.encoder.JsonEncoder;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.Appender;
import ch.qos.logback.core.ConsoleAppender;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.Iterator;
import org.junit.jupiter.api.Test;
import org.slf4j.LoggerFactory;

/** Away from a terminal, as in these tests, each event is one line of JSON. */
class LoggingTest {
  @Test
  void writesAnEventWithItsValuesAsOneLineOfJson() throws Exception {
    JsonNode event =
        logged(
            () ->
                LoggerFactory.getLogger("io.sessionstorage.test")
                    .atWarn()
                    .addKeyValue("port", 9443)
                    .setCause(new IllegalStateException("two\nlines"))
                    .log("a\nmessage"));

    assertThat(event.path("level").asText()).isEqualTo("WARN");
    assertThat(event.path("message").asText()).isEqualTo("a\nmessage");
    assertThat(event.path("kvpList").path(0).path("port").asText()).isEqualTo("9443");
  }

  @Test
  void writesWhatLibrariesLogByJavasOwnMeansTheSameWay() throws Exception {
    Logging.start(false);

    JsonNode event =
        logged(() -> java.util.logging.Logger.getLogger("io.grpc.test").warning("trouble"));

    assertThat(event.path("message").asText()).isEqualTo("trouble");
    assertThat(event.path("loggerName").asText()).isEqualTo("io.grpc.test");
  }

  private static JsonNode logged(Runnable action) throws Exception {
    Logger root = (Logger) LoggerFactory.getLogger(org.slf4j.Logger.ROOT_LOGGER_NAME);
    ConsoleAppender<ILoggingEvent> console = console(root);
    assertThat(console.getEncoder()).isInstanceOf(JsonEncoder.class);
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    java.io.OutputStream before = console.getOutputStream();
    console.setOutputStream(out);
    try {
      action.run();
    } finally {
      console.setOutputStream(before);
    }
    assertThat(out.toString(StandardCharsets.UTF_8).lines()).hasSize(1);
    return new ObjectMapper().readTree(out.toByteArray());
  }

  @SuppressWarnings("unchecked") // the only appender there is
  private static ConsoleAppender<ILoggingEvent> console(Logger root) {
    Iterator<Appender<ILoggingEvent>> appenders = root.iteratorForAppenders();
    return (ConsoleAppender<ILoggingEvent>) appenders.next();
  }
}
