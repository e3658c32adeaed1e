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

/** Prints the request of a golden case as protobuf's JSON, for load generators. */
public final class RequestJson {
  private static final String OBSERVED = "in-observed-";

  private RequestJson() {}

  /** The argument is the case's folder. */
  public static void main(String[] args) throws IOException {
    Path folder = Path.of(args[0]);
    ObjectNode request = JsonNodeFactory.instance.objectNode();
    ObjectNode observed = request.putObject("observed");
    observed.putObject("composite").set("resource", Yaml.one(folder.resolve("in-xr.yaml")));
    ObjectNode resources = observed.putObject("resources");
    for (Path file : files(folder)) {
      String key = file.getFileName().toString().substring(OBSERVED.length()).replace(".yaml", "");
      JsonNode settled = Yaml.one(file);
      Path composed = folder.resolve("out-" + key + ".yaml");
      if (Files.exists(composed)) {
        settled = new ObjectMapper().readerForUpdating(settled).readValue(Yaml.one(composed));
      }
      resources.putObject(key).set("resource", settled);
    }
    var pods = request.putObject("required_resources").putObject("pods").putArray("items");
    Yaml.read(folder.resolve("in-pods.yaml")).forEach(pod -> pods.addObject().set("resource", pod));
    System.out.println(request);
  }

  private static List<Path> files(Path folder) throws IOException {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(OBSERVED))
          .sorted()
          .toList();
    }
  }
}
