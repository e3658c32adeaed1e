package io.sessionstorage.schema;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.fasterxml.jackson.dataformat.yaml.YAMLMapper;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/** An OpenAPI schema as it is written in a definition. */
record Schema(JsonNode root) {
  private static final JsonNodeFactory NODES = JsonNodeFactory.instance;

  /** A node of the schema; {@code []} and {@code {}} in its path stand for items and values. */
  record Field(List<String> path, JsonNode schema) {

    /** An object of this root that has a value of a wrong type in this field. */
    ObjectNode withAWrongType(ObjectNode root) {
      JsonNode value =
          schema.path("type").asText().equals("boolean")
              ? NODES.textNode("x")
              : NODES.booleanNode(true);
      for (String step : path.reversed()) {
        value =
            switch (step) {
              case "[]" -> NODES.arrayNode().add(value);
              case "{}" -> NODES.objectNode().set("key", value);
              default -> NODES.objectNode().set(step, value);
            };
      }
      ObjectNode object = root.deepCopy();
      object.setAll((ObjectNode) value);
      return object;
    }

    /** How the API server writes this path. */
    String shown() {
      return String.join(".", path).replace(".[]", "[0]").replace("{}", "key");
    }

    @Override
    public String toString() {
      return shown();
    }
  }

  /** The schema of the definition's only version. */
  static Schema of(Path definition) throws IOException {
    return new Schema(
        new YAMLMapper()
            .readTree(definition.toFile())
            .at("/spec/versions/0/schema/openAPIV3Schema"));
  }

  /** Every field below the root, but not what Kubernetes defines. */
  List<Field> fields() {
    return fields(List.of(), root)
        .filter(field -> !List.of("apiVersion", "kind", "metadata").contains(field.path.getFirst()))
        .toList();
  }

  /** The messages of all rules. */
  List<String> messages() {
    return root.findValues("x-kubernetes-validations").stream()
        .flatMap(JsonNode::valueStream)
        .map(rule -> rule.path("message").asText())
        .toList();
  }

  private static Stream<Field> fields(List<String> path, JsonNode schema) {
    return Stream.concat(
            schema
                .path("properties")
                .propertyStream()
                .map(it -> new Field(add(path, it.getKey()), it.getValue())),
            Stream.of("items", "additionalProperties")
                .filter(schema::has)
                .map(it -> new Field(add(path, it.equals("items") ? "[]" : "{}"), schema.path(it))))
        .flatMap(field -> Stream.concat(Stream.of(field), fields(field.path, field.schema)));
  }

  private static List<String> add(List<String> path, String step) {
    return Stream.concat(path.stream(), Stream.of(step)).toList();
  }
}
