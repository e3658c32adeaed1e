package io.sessionstorage.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class DefinitionTest {
  private static final String DEFINITIONS =
      """
      package/apis/definition.yaml, session-storage
      package/function/input/platformdefaults.yaml, platform-defaults
      """;

  @ParameterizedTest
  @CsvSource(textBlock = DEFINITIONS)
  void describesEveryField(Path definition) throws IOException {
    assertThat(Schema.of(definition).fields())
        .filteredOn(field -> field.schema().path("description").asText().isBlank())
        .filteredOn(field -> !field.path().getLast().equals("[]"))
        .isEmpty();
  }

  /** Rules on values without bounds would cost too much, and nobody needs longer ones. */
  @ParameterizedTest
  @CsvSource(textBlock = DEFINITIONS)
  void boundsEveryFieldThatUsersSet(Path definition) throws IOException {
    assertThat(Schema.of(definition).fields())
        .filteredOn(field -> !field.path().getFirst().equals("status"))
        .filteredOn(field -> !bounded(field.schema()))
        .isEmpty();
  }

  @ParameterizedTest
  @CsvSource(textBlock = DEFINITIONS)
  void hasAnInvalidCaseForEveryRule(Path definition, String cases) throws IOException {
    List<String> expected =
        Case.in(Path.of("src/test/resources/schema", cases, "invalid")).stream()
            .flatMap(it -> it.expected().stream())
            .toList();

    assertThat(Schema.of(definition).messages())
        .isNotEmpty()
        .filteredOn(message -> expected.stream().noneMatch(message::contains))
        .isEmpty();
  }

  private static boolean bounded(JsonNode schema) {
    return switch (schema.path("type").asText()) {
      case "boolean", "integer" -> true;
      case "array" -> schema.has("maxItems");
      case "object" -> schema.has("properties") || schema.has("maxProperties");
      default -> schema.has("enum") || schema.has("maxLength");
    };
  }
}
