package io.sessionstorage.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.Set;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ExamplesTest {
  private static final Path EXAMPLES = Path.of("examples");

  /** Their schemas come with Crossplane; {@link PlatformXrdTest} uses them. */
  private static final Set<String> OF_CROSSPLANE =
      Set.of("CompositeResourceDefinition", "Composition", "Function");

  private static final ApiServer NAMESPACED =
      new ApiServer(
          () ->
              Stream.of(
                      Crds.of(Path.of("package/apis/definition.yaml")),
                      Crds.of(EXAMPLES.resolve("platform-xrd/definition.yaml")),
                      Case.read(Path.of("package/provider/crds/bindings.yaml")).objects(),
                      Case.read(Path.of("src/test/resources/toolhive/crds.yaml")).objects())
                  .flatMap(List::stream)
                  .toList());

  private static final ApiServer CLAIM =
      new ApiServer(() -> Crds.of(Path.of("package/claim/definition.yaml")));

  @AfterAll
  static void stop() {
    NAMESPACED.close();
    CLAIM.close();
  }

  static List<Case> files() throws IOException {
    try (Stream<Path> files = Files.walk(EXAMPLES)) {
      return files
          .filter(file -> file.toString().endsWith(".yaml"))
          .sorted()
          .map(Case::read)
          .filter(
              file ->
                  file.objects().stream()
                      .noneMatch(it -> OF_CROSSPLANE.contains(it.path("kind").asText())))
          .toList();
    }
  }

  @ParameterizedTest
  @MethodSource("files")
  void isAccepted(Case example) {
    ApiServer server = example.file().startsWith(EXAMPLES.resolve("claim")) ? CLAIM : NAMESPACED;

    assertThat(example.objects())
        .isNotEmpty()
        .allSatisfy(object -> assertThat(server.refusal(anywhere(object))).isEmpty());
  }

  @Test
  void haveAnExplanationEach() throws IOException {
    try (Stream<Path> examples = Files.list(EXAMPLES)) {
      assertThat(examples)
          .isNotEmpty()
          .allSatisfy(example -> assertThat(example.resolve("README.md")).isNotEmptyFile());
    }
  }

  private static ObjectNode anywhere(ObjectNode object) {
    ObjectNode moved = object.deepCopy();
    moved.withObject("/metadata").remove("namespace");
    return moved;
  }
}
