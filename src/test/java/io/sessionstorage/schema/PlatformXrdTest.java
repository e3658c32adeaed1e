package io.sessionstorage.schema;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import io.sessionstorage.testing.Programs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** The example's Composition, run by Crossplane's own reconciler and the function that it names. */
class PlatformXrdTest {
  private static final YAMLMapper YAML = new YAMLMapper();
  private static final Path EXAMPLE = Path.of("examples/platform-xrd");
  private static final Path OBSERVED = Path.of("src/test/resources/schema/platform-xrd");

  @TempDir Path directory;
  private int port;

  @SuppressWarnings("NullAway.Init")
  private Process function;

  @BeforeEach
  void start() throws IOException {
    Path program = Programs.require("function-pythonic");
    try (ServerSocket free = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      port = free.getLocalPort();
    }
    function =
        new ProcessBuilder(
                program.toString(), "grpc", "--insecure", "--address", "127.0.0.1:" + port)
            .redirectErrorStream(true)
            .redirectOutput(directory.resolve("function.log").toFile())
            .start();
    await().atMost(Duration.ofSeconds(30)).ignoreExceptions().until(this::listens);
  }

  private boolean listens() throws IOException {
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), port)) {
      return socket.isConnected();
    }
  }

  @AfterEach
  void stop() {
    if (function != null) {
      function.destroy();
    }
  }

  @Test
  void composesASessionStorage() throws Exception {
    ObjectNode rendered = render();

    assertThat(rendered.fieldNames())
        .toIterable()
        .containsExactlyInAnyOrder("Workspace", "SessionStorage");
    assertThat(rendered.at("/SessionStorage/spec/size").asText()).isEqualTo("medium");
    assertThat(rendered.at("/SessionStorage/metadata/namespace").asText()).isEqualTo("team-a");
    assertThat(ready(rendered)).isEqualTo("False");
  }

  @Test
  void passesTheConnectionSecretOn() throws Exception {
    ObjectNode rendered =
        render(
            "-o",
            OBSERVED.resolve("storage.yaml").toString(),
            "-e",
            OBSERVED.resolve("connection.yaml").toString());

    // host:6379 and pass
    assertThat(rendered.at("/Secret/data"))
        .isEqualTo(
            YAML.createObjectNode().put("address", "aG9zdDo2Mzc5").put("password", "cGFzcw=="));
    assertThat(rendered.at("/Workspace/status/sessionsSecret").asText())
        .isEqualTo(rendered.at("/Secret/metadata/name").asText())
        .isEqualTo("research-sessions");
    assertThat(ready(rendered)).isEqualTo("True");
  }

  private static String ready(ObjectNode rendered) {
    return rendered
        .at("/Workspace/status/conditions")
        .valueStream()
        .filter(it -> it.path("type").asText().equals("Ready"))
        .map(it -> it.path("status").asText())
        .collect(Collectors.joining());
  }

  /** What Crossplane would apply, by kind. */
  private ObjectNode render(String... options) throws Exception {
    ObjectNode workspace = (ObjectNode) YAML.readTree(EXAMPLE.resolve("workspace.yaml").toFile());
    workspace.withObject("/metadata").put("namespace", "team-a");
    Path file = directory.resolve("workspace.yaml");
    YAML.writeValue(file.toFile(), workspace);
    List<String> command =
        new ArrayList<>(
            List.of(
                Programs.require("crossplane").toString(),
                "composition",
                "render",
                file.toString(),
                EXAMPLE.resolve("composition.yaml").toString(),
                EXAMPLE.resolve("function.yaml").toString(),
                "--xrd=" + EXAMPLE.resolve("definition.yaml"),
                "--crossplane-binary=" + Programs.require("crossplane-core"),
                "--function-annotations=render.crossplane.io/runtime=Development",
                "--function-annotations=render.crossplane.io/runtime-development-target=localhost:"
                    + port));
    command.addAll(List.of(options));
    Path errors = directory.resolve("errors");
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    String output = new String(process.getInputStream().readAllBytes(), UTF_8);
    assertThat(process.waitFor()).as(Files.readString(errors)).isZero();
    try (var documents = YAML.readerFor(ObjectNode.class).<ObjectNode>readValues(output)) {
      ObjectNode rendered = YAML.createObjectNode();
      documents.forEachRemaining(it -> rendered.set(it.path("kind").asText(), it));
      return rendered;
    }
  }
}
