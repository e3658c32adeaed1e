package io.sessionstorage.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.api.AfterAll;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Crossplane does not install this schema; an API server shows best that it is a correct one. */
class PlatformDefaultsSchemaTest {
  private static final YAMLMapper YAML = new YAMLMapper();
  private static final Path DEFINITION = Path.of("package/function/input/platformdefaults.yaml");
  private static final Path CASES = Path.of("src/test/resources/schema/platform-defaults");

  @SuppressWarnings("NullAway.Init")
  private static ApiServer server;

  @BeforeAll
  static void start() {
    server = new ApiServer(() -> List.of((ObjectNode) YAML.readTree(DEFINITION.toFile())));
  }

  @AfterAll
  static void stop() {
    server.close();
  }

  static List<Case> valid() throws IOException {
    return Case.in(CASES.resolve("valid"));
  }

  static List<Case> invalid() throws IOException {
    return Case.in(CASES.resolve("invalid"));
  }

  static List<Schema.Field> fields() throws IOException {
    return Schema.of(DEFINITION).fields();
  }

  @ParameterizedTest
  @MethodSource("valid")
  void accepts(Case shown) {
    assertThat(server.refusal(named(shown.objects().getFirst()))).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("invalid")
  void refuses(Case shown) {
    assertThat(shown.expected()).as("lines '# expect: '").isNotEmpty();

    assertThat(server.refusal(named(shown.objects().getFirst())))
        .hasValueSatisfying(it -> assertThat(it).contains(shown.expected()));
  }

  @ParameterizedTest
  @MethodSource("fields")
  void refusesAWrongType(Schema.Field field) {
    ObjectNode defaults = YAML.createObjectNode();
    defaults.put("apiVersion", "toolhive.stacklok.dev/v1alpha1").put("kind", "PlatformDefaults");

    assertThat(server.refusal(named(field.withAWrongType(defaults))))
        .hasValueSatisfying(
            it -> assertThat(it).contains(field.shown() + " in body must be of type"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"package/apis/composition.yaml", "package/claim/composition.yaml"})
  void acceptsTheInputOfTheComposition(Path composition) throws IOException {
    ObjectNode input =
        (ObjectNode) YAML.readTree(composition.toFile()).at("/spec/pipeline/0/input");

    assertThat(server.refusal(named(input))).isEmpty();
  }

  /** An input has no name, an object must have one. */
  private static ObjectNode named(ObjectNode defaults) {
    ObjectNode object = defaults.deepCopy();
    object.withObject("/metadata").put("name", "defaults");
    return object;
  }
}
