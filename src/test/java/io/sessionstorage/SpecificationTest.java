package io.sessionstorage;

import static org.assertj.core.api.Assertions.assertThat;

import com.tngtech.archunit.core.domain.JavaClasses;
import com.tngtech.archunit.core.domain.JavaMethod;
import com.tngtech.archunit.core.importer.ClassFileImporter;
import io.sessionstorage.testing.Requirement;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;

/**
 * docs/specification.md lists each {@link Requirement} with its test; {@code -Dupdate=true}
 * rewrites it.
 */
class SpecificationTest {
  private static final Path DOCUMENT = Path.of("docs/specification.md");

  @Test
  void listsEachRequirementWithItsTest() throws IOException {
    JavaClasses tests = new ClassFileImporter().importPath(Path.of("target/test-classes"));
    String table =
        tests.stream()
            .flatMap(type -> type.getMethods().stream())
            .filter(method -> method.isAnnotatedWith(Requirement.class))
            .map(SpecificationTest::row)
            .sorted()
            .collect(
                Collectors.joining(
                    "\n",
                    """
                    # What Crossplane asks of a function and of a provider, and the test that shows it

                    The sources are Crossplane's Functions specification, what its core depends on, what its SDKs and templates have, and
                    crossplane-runtime ("Runtime"). This table is made from the tests: `mvn test -Dtest=SpecificationTest -Dupdate=true`.

                    | requirement | test |
                    | --- | --- |
                    """,
                    "\n"));
    if (Boolean.getBoolean("update")) {
      Files.writeString(DOCUMENT, table);
    }

    assertThat(DOCUMENT).hasContent(table);
  }

  private static String row(JavaMethod method) {
    return "| %s | `%s#%s` |"
        .formatted(
            method.getAnnotationOfType(Requirement.class).value(),
            method.getOwner().getSimpleName(),
            method.getName());
  }
}
