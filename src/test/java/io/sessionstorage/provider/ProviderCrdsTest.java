package io.sessionstorage.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.sessionstorage.testing.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ProviderCrdsTest {
  private static final Path FOLDER = Path.of("package", "provider", "crds");

  static List<Class<? extends HasMetadata>> kinds() {
    return Crds.kinds();
  }

  /** To write them: {@code mvn test -Dtest=ProviderCrdsTest -Dupdate=true}. */
  @ParameterizedTest
  @MethodSource("kinds")
  void thePackageHasTheDefinitionOfTheJavaClass(Class<? extends HasMetadata> kind)
      throws IOException {
    Path file = FOLDER.resolve(HasMetadata.getPlural(kind) + ".yaml");
    String generated = Yaml.write(Crds.generate(kind));
    if (Boolean.getBoolean("update")) {
      Files.createDirectories(FOLDER);
      Files.writeString(file, generated);
    }

    assertThat(file).hasContent(generated);
  }

  @Test
  void thePackageHasNoOtherDefinitions() throws IOException {
    try (Stream<Path> files = Files.list(FOLDER)) {
      assertThat(files.map(it -> it.getFileName().toString()))
          .containsExactlyInAnyOrderElementsOf(
              kinds().stream().map(it -> HasMetadata.getPlural(it) + ".yaml").toList());
    }
  }
}
