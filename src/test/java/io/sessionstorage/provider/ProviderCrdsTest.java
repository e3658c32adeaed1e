package io.sessionstorage.provider;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.sessionstorage.testing.Yaml;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class ProviderCrdsTest {
  private static final Path FOLDER = Path.of("package", "provider", "crds");

  static List<Class<? extends HasMetadata>> kinds() {
    return Crds.kinds();
  }

  /** {@code mvn test -Dtest=ProviderCrdsTest -Dupdate=true} writes them. */
  @BeforeAll
  static void update() throws IOException {
    if (Boolean.getBoolean("update")) {
      Files.createDirectories(FOLDER);
      try (Stream<Path> files = Files.list(FOLDER)) {
        for (Path file : files.toList()) {
          Files.delete(file);
        }
      }
      for (Class<? extends HasMetadata> kind : kinds()) {
        Files.writeString(file(kind), Yaml.write(Crds.generate(kind)));
      }
    }
  }

  private static Path file(Class<? extends HasMetadata> kind) {
    return FOLDER.resolve(HasMetadata.getPlural(kind) + ".yaml");
  }

  @ParameterizedTest
  @MethodSource("kinds")
  void thePackageHasTheDefinitionOfTheJavaClass(Class<? extends HasMetadata> kind) {
    assertThat(file(kind)).hasContent(Yaml.write(Crds.generate(kind)));
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
