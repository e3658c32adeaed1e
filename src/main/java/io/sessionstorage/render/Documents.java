package io.sessionstorage.render;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.MappingIterator;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.dataformat.yaml.YAMLFactory;
import com.fasterxml.jackson.dataformat.yaml.YAMLGenerator.Feature;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.NoSuchFileException;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Stream;

/** YAML files, whose documents are Kubernetes objects. */
final class Documents {
  private static final ObjectMapper YAML =
      YAMLMapper.builder(
              YAMLFactory.builder()
                  .disable(Feature.SPLIT_LINES)
                  .enable(Feature.MINIMIZE_QUOTES)
                  .enable(Feature.ALWAYS_QUOTE_NUMBERS_AS_STRINGS)
                  .enable(Feature.LITERAL_BLOCK_STYLE)
                  .enable(Feature.INDENT_ARRAYS_WITH_INDICATOR)
                  .build())
          .build();

  private Documents() {}

  /** A file, or a document of it, that is not as it must be. */
  static final class Unreadable extends Exception {
    private static final long serialVersionUID = 1L;

    Unreadable(Path file, String message) {
      super(file + ": " + message);
    }
  }

  /**
   * The documents of a file, or of all YAML and JSON files of a folder in the order of their names.
   */
  static List<JsonNode> read(Path path) throws Unreadable {
    try {
      if (!Files.isDirectory(path)) {
        return file(path);
      }
      List<JsonNode> documents = new ArrayList<>();
      try (Stream<Path> files = Files.list(path)) {
        for (Path file : files.filter(Documents::isYaml).sorted().toList()) {
          documents.addAll(file(file));
        }
      }
      return documents;
    } catch (NoSuchFileException e) {
      throw new Unreadable(path, "there is no such file");
    } catch (IOException e) {
      throw new Unreadable(path, "cannot be read: " + e.getClass().getSimpleName());
    }
  }

  private static boolean isYaml(Path file) {
    String name = file.toString();
    return name.endsWith(".yaml") || name.endsWith(".yml") || name.endsWith(".json");
  }

  private static List<JsonNode> file(Path file) throws IOException, Unreadable {
    List<JsonNode> documents = new ArrayList<>();
    try (MappingIterator<JsonNode> values =
        YAML.readerFor(JsonNode.class).readValues(Files.readString(file))) {
      while (values.hasNextValue()) {
        JsonNode document = values.nextValue();
        if (document.isObject()) {
          documents.add(document);
        } else if (!document.isNull() && !document.isMissingNode()) {
          throw new Unreadable(
              file, "document %d is no Kubernetes object".formatted(documents.size() + 1));
        }
      }
    } catch (JsonProcessingException e) {
      throw new Unreadable(
          file,
          "line %d: %s"
              .formatted(
                  e.getLocation() == null ? 1 : e.getLocation().getLineNr(),
                  e.getOriginalMessage().lines().findFirst().orElse("is no YAML")));
    }
    return documents;
  }

  static String yaml(List<? extends JsonNode> documents) {
    StringBuilder text = new StringBuilder();
    try {
      for (JsonNode document : documents) {
        text.append(YAML.writeValueAsString(document));
      }
    } catch (JsonProcessingException e) {
      throw new IllegalStateException("a tree can always be written", e);
    }
    return text.toString();
  }
}
