package io.sessionstorage.testing;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;

/**
 * Prints the request of a golden case as protobuf's JSON, for load generators; or the same with a
 * template of the objects that are its answer, for function-go-templating, to compare with.
 */
public final class RequestJson {
  private static final String OBSERVED = "in-observed-";
  private static final String COMPOSED = "out-";

  private RequestJson() {}

  /** The argument is the case's folder; a second one, whatever it is, asks for the template. */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    ObjectNode request = request(folder);
    if (args.length > 1) {
      request.set("input", template(folder));
    }
    System.out.println(request);
  }

  private static ObjectNode request(Path folder) throws IOException {
    ObjectNode request = JsonNodeFactory.instance.objectNode();
    ObjectNode observed = request.putObject("observed");
    observed.putObject("composite").set("resource", Yaml.one(folder.resolve("in-xr.yaml")));
    ObjectNode resources = observed.putObject("resources");
    for (Path file : files(folder, OBSERVED)) {
      String key = key(file, OBSERVED);
      JsonNode settled = Yaml.one(file);
      Path composed = folder.resolve(COMPOSED + key + ".yaml");
      if (Files.exists(composed)) {
        settled = new ObjectMapper().readerForUpdating(settled).readValue(Yaml.one(composed));
      }
      resources.putObject(key).set("resource", settled);
    }
    var pods = request.putObject("required_resources").putObject("pods").putArray("items");
    Yaml.read(folder.resolve("in-pods.yaml")).forEach(pod -> pods.addObject().set("resource", pod));
    return request;
  }

  private static ObjectNode template(Path folder) throws IOException {
    StringBuilder documents = new StringBuilder();
    for (Path file : files(folder, COMPOSED)) {
      String key = key(file, COMPOSED);
      if (!key.equals("answer")) {
        ObjectNode object = (ObjectNode) Yaml.one(file);
        object
            .withObject("/metadata/annotations")
            .put("gotemplating.fn.crossplane.io/composition-resource-name", key)
            .put("gotemplating.fn.crossplane.io/ready", "True");
        documents.append("---\n").append(object.toString().replace("{{", "{{`{{`}}")).append('\n');
      }
    }
    ObjectNode input = JsonNodeFactory.instance.objectNode();
    input.put("apiVersion", "gotemplating.fn.crossplane.io/v1beta1").put("kind", "GoTemplate");
    input.put("source", "Inline").putObject("inline").put("template", documents.toString());
    return input;
  }

  private static String key(Path file, String prefix) {
    return file.getFileName().toString().substring(prefix.length()).replace(".yaml", "");
  }

  private static List<Path> files(Path folder, String prefix) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(prefix))
          .sorted()
          .toList();
    }
  }
}
