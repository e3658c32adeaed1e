package io.sessionstorage.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.BooleanNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.AfterParameterizedClassInvocation;
import org.junit.jupiter.params.BeforeParameterizedClassInvocation;
import org.junit.jupiter.params.ParameterizedClass;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

@ParameterizedClass
@MethodSource("flavours")
class SessionStorageSchemaTest {
  private static final Path NAMESPACED = Path.of("package/apis/definition.yaml");
  private static final Path CASES = Path.of("src/test/resources/schema/session-storage");

  @SuppressWarnings("NullAway.Init")
  private static ApiServer server;

  private final Flavour flavour;

  SessionStorageSchemaTest(Flavour flavour) {
    this.flavour = flavour;
  }

  /**
   * One of the two packages.
   *
   * @param longestNames by kind
   */
  record Flavour(Path definition, Map<String, Integer> longestNames) {}

  static List<Flavour> flavours() {
    return List.of(
        new Flavour(NAMESPACED, Map.of("SessionStorage", 50)),
        new Flavour(
            Path.of("package/claim/definition.yaml"),
            Map.of("SessionStorage", 50, "XSessionStorage", 50 + 6)));
  }

  @BeforeParameterizedClassInvocation
  static void start(Flavour flavour) {
    server = new ApiServer(() -> Crds.of(flavour.definition));
  }

  @AfterParameterizedClassInvocation
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
    return Schema.of(NAMESPACED).fields().stream()
        .filter(field -> field.path().getFirst().equals("spec"))
        .toList();
  }

  @ParameterizedTest
  @MethodSource("valid")
  void accepts(Case shown) {
    assertThat(server.refusal(shown)).isEmpty();
  }

  @ParameterizedTest
  @MethodSource("invalid")
  void refuses(Case shown) {
    assertThat(shown.expected()).as("lines '# expect: '").isNotEmpty();

    assertThat(server.refusal(shown))
        .hasValueSatisfying(it -> assertThat(it).contains(shown.expected()));
  }

  @ParameterizedTest
  @MethodSource("fields")
  void refusesAWrongType(Schema.Field field) {
    ObjectNode object = field.withAWrongType(storage("SessionStorage", "shared"));

    assertThat(server.refusal(object))
        .hasValueSatisfying(
            it -> assertThat(it).contains(field.shown() + " in body must be of type"));
  }

  @Test
  void limitsTheNameOfEachKind() {
    flavour.longestNames.forEach(
        (kind, longest) -> {
          assertThat(server.refusal(storage(kind, "n".repeat(longest)))).isEmpty();
          assertThat(server.refusal(storage(kind, "n".repeat(longest + 1))))
              .hasValueSatisfying(it -> assertThat(it).contains("choose a shorter one"));
        });
  }

  @Test
  void setsTheDefaults() {
    ObjectNode spec = server.accepted(storage("SessionStorage", "shared")).withObject("/spec");

    assertThat(spec.path("suspend")).isEqualTo(BooleanNode.FALSE);
    assertThat(spec.path("deletionProtection")).isEqualTo(BooleanNode.FALSE);
  }

  private static ObjectNode storage(String kind, String name) {
    ObjectNode storage = new YAMLMapper().createObjectNode();
    storage.put("apiVersion", "toolhive.stacklok.dev/v1alpha1").put("kind", kind);
    storage.withObject("/metadata").put("name", name);
    storage.withObject("/spec").put("size", "small");
    return storage;
  }
}
