package io.sessionstorage.schema;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * One YAML file: an object, or an object and the update of it.
 *
 * @param expected from the file's leading lines {@code # expect: PART OF THE MESSAGE}
 */
record Case(Path file, List<ObjectNode> objects, List<String> expected) {
  private static final YAMLMapper YAML = new YAMLMapper();
  private static final String EXPECT = "# expect: ";

  static Case read(Path file) {
    try (var documents = YAML.readerFor(ObjectNode.class).<ObjectNode>readValues(file.toFile())) {
      List<String> expected =
          Files.readAllLines(file).stream()
              .takeWhile(line -> line.startsWith(EXPECT))
              .map(line -> line.substring(EXPECT.length()))
              .toList();
      return new Case(file, documents.readAll(), expected);
    } catch (IOException e) {
      throw new IllegalArgumentException(file + ": " + e.getMessage(), e);
    }
  }

  /** All cases of a directory, sorted by name; there must be some. */
  static List<Case> in(Path directory) throws IOException {
    try (Stream<Path> files = Files.list(directory)) {
      List<Case> cases = files.sorted().map(Case::read).toList();
      assertThat(cases).as("cases in %s", directory).isNotEmpty();
      return cases;
    }
  }

  @Override
  public String toString() {
    return file.getFileName().toString();
  }
}
