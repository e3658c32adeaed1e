package io.sessionstorage.function;

import static java.nio.charset.StandardCharsets.UTF_8;
import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.sessionstorage.compose.Composer;
import io.sessionstorage.testing.Programs;
import io.sessionstorage.testing.Requirement;
import io.sessionstorage.testing.Yaml;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The packages' Compositions, run by Crossplane's own reconciler against this function. */
class CrossplaneRenderTest {
  private static final String RESOURCE_NAME = "crossplane.io/composition-resource-name";
  private static final String NAMESPACED =
      """
      apiVersion: toolhive.stacklok.dev/v1alpha1
      kind: SessionStorage
      metadata: {name: shared, namespace: team-a}
      spec: {size: %s}
      """;
  private static final String CLAIMED =
      """
      apiVersion: toolhive.stacklok.dev/v1alpha1
      kind: XSessionStorage
      metadata: {name: shared-x7k2p}
      spec:
        size: %s
        claimRef: {apiVersion: toolhive.stacklok.dev/v1alpha1, kind: SessionStorage, name: shared, namespace: team-a}
      """;

  @TempDir private Path directory;

  @SuppressWarnings("NullAway.Init") // before each test
  private FunctionServer server;

  @BeforeEach
  void serve() throws IOException {
    Metrics metrics = new Metrics(new PrometheusRegistry());
    RunFunction function =
        new RunFunction(new Composer(new SecureRandom())::compose, Duration.ofMinutes(1), metrics);
    InetSocketAddress anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    server = new FunctionServer(anywhere, null, 4 << 20, function, metrics);
  }

  @AfterEach
  void stop() {
    server.close();
  }

  @ParameterizedTest
  @CsvSource({"apis,small,10", "apis,medium,11", "claim,small,10", "claim,medium,11"})
  @Requirement(
      "Core: its reconciler takes the answer, in both flavours, and owns every composed resource")
  void composesEveryResource(String flavour, String size, int resources) throws Exception {
    Map<String, JsonNode> rendered = render(flavour, size, List.of());

    assertThat(rendered).hasSize(resources + 1).containsKey("statefulset");
    rendered.forEach(
        (key, object) -> {
          if (!key.isEmpty()) {
            assertThat(object.at("/metadata/namespace").asText()).as(key).isEqualTo("team-a");
            assertThat(object.at("/metadata/ownerReferences/0/controller").asBoolean())
                .as(key)
                .isTrue();
          }
        });
    JsonNode composite = rendered.getOrDefault("", MissingNode.getInstance());
    assertThat(composite.at("/status/phase").asText()).isEqualTo("Provisioning");
    assertThat(condition(composite, "PrimaryAvailable")).isEqualTo("False");
    assertThat(condition(composite, "Ready")).isEqualTo("False");
  }

  @Test
  @Requirement("Core: a second reconcile of what the first has made changes nothing")
  void changesNothingTheSecondTime() throws Exception {
    Map<String, JsonNode> first = render("apis", "medium", List.of());
    List<ObjectNode> observed = new ArrayList<>();
    first.forEach(
        (key, object) -> {
          if (!key.isEmpty()) {
            observed.add(object.deepCopy());
          }
        });

    Map<String, JsonNode> second = render("apis", "medium", observed);

    first.remove("");
    assertThat(second).containsAllEntriesOf(first);
  }

  @ParameterizedTest
  @ValueSource(strings = {"consumers", "external", "external-config"})
  @Requirement(
      "Core: its reconciler reads what the function requires, and takes managed resources of the provider")
  void composesManagedResources(String golden) throws Exception {
    Path folder = Path.of("src", "test", "resources", "golden", golden);
    Map<String, JsonNode> expected = new TreeMap<>();
    for (Path file : files(folder, "out-*.yaml")) {
      JsonNode object = Yaml.one(file);
      if (object.path("apiVersion").asText().startsWith("valkey.m.")) {
        expected.put(file.getFileName().toString().replaceAll("^out-|[.]yaml$", ""), object);
      }
    }

    Map<String, JsonNode> rendered =
        render(
            "apis",
            folder.resolve("in-xr.yaml"),
            Map.of(
                "observed-resources",
                read(files(folder, "in-observed-*.yaml")),
                "required-resources",
                read(files(folder, "in-[!xo]*.yaml"))));

    assertThat(expected).isNotEmpty();
    expected.forEach(
        (key, object) -> {
          JsonNode found = rendered.getOrDefault(key, MissingNode.getInstance());
          assertThat(found.path("kind")).as(key).isEqualTo(object.path("kind"));
          assertThat(found.at("/metadata/name")).as(key).isEqualTo(object.at("/metadata/name"));
          assertThat(found.path("spec")).as(key).isEqualTo(object.path("spec"));
        });
  }

  private static List<Path> files(Path folder, String glob) throws IOException {
    List<Path> files = new ArrayList<>();
    try (DirectoryStream<Path> found = Files.newDirectoryStream(folder, glob)) {
      found.forEach(files::add);
    }
    return files;
  }

  private static List<JsonNode> read(List<Path> files) {
    return files.stream().flatMap(file -> Yaml.read(file).stream()).toList();
  }

  private static String condition(JsonNode object, String type) {
    return object
        .at("/status/conditions")
        .valueStream()
        .filter(condition -> condition.path("type").asText().equals(type))
        .map(condition -> condition.path("status").asText())
        .findFirst()
        .orElse("");
  }

  private Map<String, JsonNode> render(
      String flavour, String size, List<? extends JsonNode> observed) throws Exception {
    Path xr =
        Files.writeString(
            directory.resolve("xr.yaml"),
            (flavour.equals("claim") ? CLAIMED : NAMESPACED).formatted(size));
    return render(flavour, xr, Map.of("observed-resources", observed));
  }

  /**
   * The objects by composition-resource-name; the composite under the empty name.
   *
   * @param given objects by the flag that they are given with
   */
  private Map<String, JsonNode> render(
      String flavour, Path xr, Map<String, List<? extends JsonNode>> given) throws Exception {
    String crossplane = Programs.require("crossplane").toString();
    String core = Programs.require("crossplane-core").toString();
    Path functions =
        Files.writeString(
            directory.resolve("functions.yaml"),
            """
            apiVersion: pkg.crossplane.io/v1
            kind: Function
            metadata:
              name: function-session-storage
              annotations:
                render.crossplane.io/runtime: Development
                render.crossplane.io/runtime-development-target: localhost:%d
            spec:
              package: example.org/function-session-storage:v0.1.0
            """
                .formatted(server.port()));
    List<String> command =
        new ArrayList<>(
            List.of(
                crossplane,
                "composition",
                "render",
                xr.toString(),
                "package/%s/composition.yaml".formatted(flavour),
                functions.toString(),
                "--xrd=package/%s/definition.yaml".formatted(flavour),
                "--crossplane-binary=" + core));
    for (Map.Entry<String, List<? extends JsonNode>> flag : given.entrySet()) {
      if (!flag.getValue().isEmpty()) {
        StringBuilder documents = new StringBuilder();
        flag.getValue().forEach(it -> documents.append("---\n").append(Yaml.write(it)));
        Path file = Files.writeString(directory.resolve(flag.getKey() + ".yaml"), documents);
        command.add("--%s=%s".formatted(flag.getKey(), file));
      }
    }
    Path errors = directory.resolve("errors");
    Process process = new ProcessBuilder(command).redirectError(errors.toFile()).start();
    Path output =
        Files.write(directory.resolve("rendered.yaml"), process.getInputStream().readAllBytes());
    assertThat(process.waitFor()).as(Files.readString(errors, UTF_8)).isZero();
    Map<String, JsonNode> rendered = new TreeMap<>();
    Yaml.read(output)
        .forEach(
            object ->
                rendered.put(
                    object.path("metadata").path("annotations").path(RESOURCE_NAME).asText(),
                    object));
    return rendered;
  }
}
