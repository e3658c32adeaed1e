package io.sessionstorage.provider.changelogs;

import static org.assertj.core.api.Assertions.assertThat;

import ch.qos.logback.classic.Logger;
import ch.qos.logback.classic.spi.ILoggingEvent;
import ch.qos.logback.core.read.ListAppender;
import com.google.protobuf.Struct;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.sessionstorage.proto.changelogs.v1alpha1.ChangeLogEntry;
import io.sessionstorage.proto.changelogs.v1alpha1.OperationType;
import io.sessionstorage.provider.managed.Change;
import io.sessionstorage.provider.managed.Condition;
import io.sessionstorage.provider.managed.ManagedSpec;
import io.sessionstorage.provider.managed.ManagedStatus;
import io.sessionstorage.provider.managed.Widget;
import io.sessionstorage.testing.Requirement;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.slf4j.LoggerFactory;

/** Against real gRPC servers on Unix sockets. */
class SocketChangeLogTest {
  private static final Instant NOW = Instant.parse("2026-03-01T12:00:00.000000007Z");
  private static final Duration ENOUGH = Duration.ofSeconds(10);

  @TempDir private Path directory;
  private final ListAppender<ILoggingEvent> log = new ListAppender<>();

  @BeforeEach
  void listen() {
    log.start();
    logger().addAppender(log);
  }

  @AfterEach
  void listenNoMore() {
    logger().detachAppender(log);
  }

  private static Logger logger() {
    return (Logger) LoggerFactory.getLogger(SocketChangeLog.class);
  }

  private Path socket() {
    return directory.resolve("changelogs.sock");
  }

  private SocketChangeLog changeLog(Duration patience) {
    return new SocketChangeLog(
        socket(),
        new Entries("provider-valkey:v1.2.3", new KubernetesSerialization(), () -> NOW),
        patience);
  }

  private static Change change(Change.Operation operation, @Nullable String error) {
    Widget widget = new Widget();
    widget.setMetadata(
        new ObjectMetaBuilder()
            .withNamespace("team-a")
            .withName("one")
            .withAnnotations(Map.of("crossplane.io/external-name", "chosen"))
            .build());
    widget.setSpec(new ManagedSpec<>(new Widget.Parameters("red"), null, null, null));
    return new Change(
        operation,
        new Change.Before(
            widget,
            new ManagedStatus<>(
                new Widget.Seen("blue"), List.of(Condition.available()), null, null)),
        error);
  }

  private static Change creation() {
    return change(Change.Operation.CREATE, null);
  }

  @Test
  @Requirement(
      "Runtime: an entry of the change log has the time, the provider and its version, the managed resource's apiVersion, kind, name and external name, the operation, and a snapshot from before it")
  void tellsTheSidecarWhatWasDone() throws Exception {
    try (Sidecar sidecar = Sidecar.start(socket());
        SocketChangeLog changes = changeLog(ENOUGH)) {
      changes.add(creation());

      ChangeLogEntry entry = sidecar.entries().getFirst();
      assertThat(
              Instant.ofEpochSecond(
                  entry.getTimestamp().getSeconds(), entry.getTimestamp().getNanos()))
          .isEqualTo(NOW);
      assertThat(entry.getProvider()).isEqualTo("provider-valkey:v1.2.3");
      assertThat(entry.getApiVersion()).isEqualTo("test.example.org/v1alpha1");
      assertThat(entry.getKind()).isEqualTo("Widget");
      assertThat(entry.getName()).isEqualTo("one");
      assertThat(entry.getExternalName()).isEqualTo("chosen");
      assertThat(entry.getOperation()).isEqualTo(OperationType.OPERATION_TYPE_CREATE);
      assertThat(entry.hasErrorMessage()).isFalse();
      assertThat(entry.getAdditionalDetailsMap()).isEmpty();
      assertThat(text(entry.getSnapshot(), "kind")).isEqualTo("Widget");
      assertThat(text(entry.getSnapshot(), "metadata", "namespace")).isEqualTo("team-a");
      assertThat(text(entry.getSnapshot(), "spec", "forProvider", "color")).isEqualTo("red");
      assertThat(text(entry.getSnapshot(), "status", "atProvider", "color")).isEqualTo("blue");
    }
  }

  private static String text(Struct struct, String... path) {
    Struct at = struct;
    for (String key : List.of(path).subList(0, path.length - 1)) {
      at = at.getFieldsOrThrow(key).getStructValue();
    }
    return at.getFieldsOrThrow(path[path.length - 1]).getStringValue();
  }

  @ParameterizedTest
  @CsvSource({
    "CREATE, OPERATION_TYPE_CREATE",
    "UPDATE, OPERATION_TYPE_UPDATE",
    "DELETE, OPERATION_TYPE_DELETE"
  })
  @Requirement("Runtime: an entry of the change log says why an operation failed")
  void tellsTheSidecarWhatFailed(Change.Operation operation, OperationType type) throws Exception {
    try (Sidecar sidecar = Sidecar.start(socket());
        SocketChangeLog changes = changeLog(ENOUGH)) {
      changes.add(change(operation, "no route"));

      ChangeLogEntry entry = sidecar.entries().getFirst();
      assertThat(entry.getOperation()).isEqualTo(type);
      assertThat(entry.getErrorMessage()).isEqualTo("no route");
    }
  }

  @Test
  void logsThatTheSidecarRefuses() throws Exception {
    try (Sidecar sidecar = Sidecar.refusing(socket());
        SocketChangeLog changes = changeLog(ENOUGH)) {
      changes.add(creation());

      assertThat(sidecar.entries()).hasSize(1);
      assertThat(warnings()).singleElement().asString().contains("INTERNAL: disk is full");
    }
  }

  @Test
  void logsThatThereIsNoSidecar() {
    try (SocketChangeLog changes = changeLog(Duration.ofMillis(300))) {
      changes.add(creation());

      assertThat(warnings())
          .singleElement()
          .asString()
          .contains("DEADLINE_EXCEEDED", "No such file", socket().toString())
          .doesNotContain("\n");
    }
  }

  @Test
  @Requirement(
      "Runtime: a change log that does not answer is waited for no longer than ten seconds")
  void logsThatTheSidecarDoesNotAnswer() throws Exception {
    try (Sidecar sidecar = Sidecar.silent(socket());
        SocketChangeLog changes =
            new SocketChangeLog(
                socket(), new Entries("p:v1", new KubernetesSerialization(), () -> NOW))) {
      long begin = System.nanoTime();

      changes.add(creation());

      assertThat(Duration.ofNanos(System.nanoTime() - begin))
          .isBetween(Duration.ofSeconds(9), Duration.ofSeconds(15));
      assertThat(sidecar.entries()).hasSize(1);
      assertThat(warnings()).singleElement().asString().contains("DEADLINE_EXCEEDED");
    }
  }

  @Test
  void aSidecarMayComeLate() throws Exception {
    try (SocketChangeLog changes = changeLog(ENOUGH)) {
      Thread waiting = Thread.ofVirtual().start(() -> changes.add(creation()));
      Thread.sleep(100);
      try (Sidecar sidecar = Sidecar.start(socket())) {
        waiting.join();

        assertThat(sidecar.entries()).hasSize(1);
        assertThat(warnings()).isEmpty();
      }
    }
  }

  @Test
  void aSidecarThatStartsAnewIsFoundAtOnce() throws Exception {
    try (SocketChangeLog changes = changeLog(Duration.ofMillis(800))) {
      try (Sidecar first = Sidecar.start(socket())) {
        changes.add(creation());
        assertThat(first.entries()).hasSize(1);
      }
      // Left to itself gRPC tries at 0, 1 and 2.6 s, and then not before 4.1 s.
      long end = System.nanoTime() + Duration.ofMillis(3200).toNanos();
      while (System.nanoTime() < end) {
        changes.add(creation());
      }
      assertThat(warnings()).isNotEmpty();
      try (Sidecar second = Sidecar.start(socket())) {
        changes.add(creation());

        assertThat(second.entries()).hasSize(1);
      }
    }
  }

  /** Each with what it says beside its message. */
  private List<String> warnings() {
    return log.list.stream()
        .filter(event -> event.getMessage().equals("cannot record change log entry"))
        .map(event -> String.valueOf(event.getKeyValuePairs()))
        .toList();
  }
}
