package io.sessionstorage.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import org.junit.jupiter.api.Test;

class ClaimDefinitionTest {
  private static final Path NAMESPACED = Path.of("package/apis/definition.yaml");
  private static final Path CLAIM = Path.of("package/claim/definition.yaml");

  @Test
  void isWhatTheNamespacedDefinitionGives() throws IOException {
    String derived = ClaimDefinition.from(Files.readString(NAMESPACED));
    if (Boolean.getBoolean("update")) {
      Files.writeString(CLAIM, derived);
    }

    assertThat(Files.readString(CLAIM))
        .as("derive it again: mvn -B test -Dtest=ClaimDefinitionTest -Dupdate=true")
        .isEqualTo(derived);
  }

  @Test
  void hasTheSameVersions() throws IOException {
    assertThat(versions(CLAIM)).isNotEmpty().isEqualTo(versions(NAMESPACED));
  }

  private static JsonNode versions(Path definition) throws IOException {
    return new YAMLMapper().readTree(definition.toFile()).path("spec").path("versions");
  }
}
