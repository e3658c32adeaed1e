package io.sessionstorage.render;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sessionstorage.api.PlatformDefaults;
import io.sessionstorage.api.Problem;
import io.sessionstorage.compose.Answer;
import io.sessionstorage.compose.Composer;
import io.sessionstorage.compose.Request;
import io.sessionstorage.compose.plan.Volume;
import io.sessionstorage.compose.status.Diagnosis;
import io.sessionstorage.render.Documents.Unreadable;
import java.io.PrintWriter;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.Parameters;
import picocli.CommandLine.Spec;

/** Prints what the function composes for a SessionStorage, without a cluster. */
@Command(
    name = "render",
    description =
        "Prints the resources that the function composes for each SessionStorage of a file.")
public final class RenderCommand implements Callable<Integer> {
  private static final String RESOURCE_NAME = "crossplane.io/composition-resource-name";
  private static final String REDACTED = "<redacted>";

  @Parameters(
      paramLabel = "FILE",
      description = "YAML with SessionStorage or XSessionStorage objects.")
  private @Nullable Path file;

  @Option(
      names = "--observed",
      paramLabel = "DIR|FILE",
      description =
          "What exists: composed resources with annotation crossplane.io/composition-resource-name; Pods and"
              + " StorageClasses as they are.")
  private @Nullable Path observed;

  @Option(
      names = "--defaults",
      paramLabel = "FILE",
      description = "PlatformDefaults, as in the Composition's input.")
  private @Nullable Path defaults;

  @Option(names = "--output", paramLabel = "yaml|json", description = "Default: ${DEFAULT-VALUE}.")
  private Format output = Format.yaml;

  @Option(names = "--show-secrets", description = "Print the values of Secrets.")
  private boolean showSecrets;

  @Spec private @Nullable CommandSpec spec;

  /** How to print. The names are what users type. */
  enum Format {
    yaml,
    json
  }

  /**
   * Prints the resources, or every problem and nothing else.
   *
   * @return 1 if there was a problem
   */
  @Override
  public Integer call() {
    if (spec == null || file == null) {
      throw new IllegalStateException("made by picocli only");
    }
    PrintWriter out = spec.commandLine().getOut();
    PrintWriter err = spec.commandLine().getErr();
    List<String> problems = new ArrayList<>();
    List<ObjectNode> resources = new ArrayList<>();
    try {
      render(file, resources, problems);
    } catch (Unreadable e) {
      problems.add(e.getMessage());
    }
    if (!problems.isEmpty()) {
      problems.forEach(err::println);
      return 1;
    }
    if (!showSecrets) {
      resources.forEach(RenderCommand::redact);
    }
    out.print(output == Format.json ? json(resources) : Documents.yaml(resources));
    out.flush();
    return 0;
  }

  private void render(Path source, List<ObjectNode> resources, List<String> problems)
      throws Unreadable {
    JsonNode input = JsonNodeFactory.instance.objectNode();
    if (defaults != null) {
      List<JsonNode> documents = Documents.read(defaults);
      if (documents.size() != 1) {
        throw new Unreadable(
            defaults,
            "must hold one %s, not %d".formatted(PlatformDefaults.KIND, documents.size()));
      }
      input = documents.getFirst();
    }
    Map<String, JsonNode> existing = new HashMap<>();
    Map<String, List<JsonNode>> required = new HashMap<>();
    if (observed != null) {
      observe(observed, existing, required);
    }
    List<JsonNode> composites = Documents.read(source);
    if (composites.isEmpty()) {
      throw new Unreadable(source, "holds no SessionStorage");
    }
    Composer composer = new Composer(new SecureRandom());
    for (JsonNode composite : composites) {
      switch (composer.compose(new Request(composite, input, existing, required, Instant.now()))) {
        case Answer.Composed answer ->
            answer.resources().forEach(resource -> resources.add(resource.manifest().tree()));
        case Answer.Refused refused ->
            refused
                .problems()
                .forEach(problem -> problems.add(origin(problem, source) + ": " + problem));
      }
    }
  }

  private Path origin(Problem problem, Path source) {
    return defaults != null && problem.path().startsWith(PlatformDefaults.KIND) ? defaults : source;
  }

  private static void observe(
      Path path, Map<String, JsonNode> existing, Map<String, List<JsonNode>> required)
      throws Unreadable {
    required.put(Diagnosis.PODS, new ArrayList<>());
    for (JsonNode object : Documents.read(path)) {
      String name = object.path("metadata").path("annotations").path(RESOURCE_NAME).asText();
      String kind = object.path("kind").asText();
      if (!name.isEmpty()) {
        existing.put(name, object);
      } else if ("Pod".equals(kind)) {
        required.computeIfAbsent(Diagnosis.PODS, key -> new ArrayList<>()).add(object);
      } else if ("StorageClass".equals(kind)) {
        required.computeIfAbsent(Volume.STORAGE_CLASS, key -> new ArrayList<>()).add(object);
      } else {
        throw new Unreadable(
            path,
            "%s %s has no annotation %s"
                .formatted(kind, object.path("metadata").path("name").asText(), RESOURCE_NAME));
      }
    }
  }

  private static void redact(ObjectNode resource) {
    if ("Secret".equals(resource.path("kind").asText())
        && resource.get("data") instanceof ObjectNode data) {
      List<String> keys = new ArrayList<>();
      data.fieldNames().forEachRemaining(keys::add);
      keys.forEach(key -> data.put(key, REDACTED));
    }
  }

  private static String json(List<ObjectNode> resources) {
    ObjectNode list =
        JsonNodeFactory.instance.objectNode().put("apiVersion", "v1").put("kind", "List");
    list.putArray("items").addAll(resources);
    return list.toPrettyString() + System.lineSeparator();
  }
}
