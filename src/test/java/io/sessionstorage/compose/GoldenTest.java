package io.sessionstorage.compose;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sessionstorage.compose.Answer.Composed;
import io.sessionstorage.compose.Answer.Refused;
import io.sessionstorage.testing.Yaml;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Random;
import java.util.Set;
import java.util.TreeMap;
import java.util.TreeSet;
import java.util.stream.Stream;
import org.junit.jupiter.api.DynamicTest;
import org.junit.jupiter.api.TestFactory;

/**
 * Every golden case gives what its {@code out-} files hold; {@code -Dupdate=true} rewrites them.
 */
class GoldenTest {
  private static final boolean UPDATE = Boolean.getBoolean("update");
  private static final long SEED = 1;

  @TestFactory
  Stream<DynamicTest> compose() {
    return Golden.cases().stream()
        .map(
            folder ->
                DynamicTest.dynamicTest(folder.getFileName().toString(), () -> check(folder)));
  }

  private static void check(Path folder) throws IOException {
    Answer answer = new Composer(new Random(SEED)).compose(Golden.request(folder));
    Map<String, String> wanted = new TreeMap<>();
    files(answer).forEach((file, content) -> wanted.put(file, Yaml.write(content)));
    if (UPDATE) {
      update(folder, wanted);
    }
    Map<String, String> found = new TreeMap<>();
    for (Path file : Golden.files(folder, "out-")) {
      found.put(file.getFileName().toString(), Files.readString(file));
    }
    assertThat(found.keySet()).as("files of %s", folder).isEqualTo(wanted.keySet());
    wanted.forEach(
        (file, text) -> assertThat(text).as("%s/%s", folder, file).isEqualTo(found.get(file)));
    assertThat(unused(folder)).as("files of %s that no test reads", folder).isEmpty();
  }

  /** What the function does not even read must change nothing, of objects as large as real ones. */
  @TestFactory
  Stream<DynamicTest> answersWithoutWhatIsUnread() {
    return Golden.cases().stream()
        .map(
            folder ->
                DynamicTest.dynamicTest(
                    folder.getFileName().toString(), () -> checkWithoutUnread(folder)));
  }

  private static void checkWithoutUnread(Path folder) throws IOException {
    Request request = Golden.request(folder);
    Map<String, JsonNode> whole = new HashMap<>();
    for (Map.Entry<String, JsonNode> observed : request.observed().entrySet()) {
      Path composed = folder.resolve("out-" + observed.getKey() + ".yaml");
      JsonNode object =
          Files.exists(composed) ? Yaml.one(composed) : Yaml.MAPPER.createObjectNode();
      whole.put(
          observed.getKey(), Yaml.MAPPER.readerForUpdating(object).readValue(observed.getValue()));
    }
    Map<String, JsonNode> less = new HashMap<>();
    whole.forEach((key, object) -> less.put(key, withoutUnread(object)));
    Map<String, List<JsonNode>> found = new HashMap<>();
    request
        .required()
        .forEach(
            (key, objects) ->
                found.put(key, objects.stream().map(GoldenTest::withoutUnread).toList()));

    assertThat(files(composed(request, less, found)))
        .isEqualTo(files(composed(request, whole, request.required())));
  }

  private static Answer composed(
      Request request, Map<String, JsonNode> observed, Map<String, List<JsonNode>> required) {
    return new Composer(new Random(SEED))
        .compose(
            new Request(request.composite(), request.input(), observed, required, request.time()));
  }

  private static JsonNode withoutUnread(JsonNode object) {
    JsonNode less = object.deepCopy();
    for (String name : Request.UNREAD) {
      less.findParents(name).forEach(parent -> ((ObjectNode) parent).remove(name));
    }
    return less;
  }

  private static Map<String, Object> files(Answer answer) {
    Map<String, Object> files = new TreeMap<>();
    Map<String, Object> rest = new LinkedHashMap<>();
    switch (answer) {
      case Refused refused ->
          rest.put("problems", refused.problems().stream().map(Object::toString).toList());
      case Composed composed -> {
        Map<String, Boolean> ready = new TreeMap<>();
        boolean tls =
            composed.resources().stream().anyMatch(resource -> resource.key().equals("tls"));
        for (Answer.Resource resource : composed.resources()) {
          ObjectNode shown = withoutScripts(resource.manifest().tree());
          if (tls && resource.key().equals("haproxy")) {
            maskChecksum(shown);
          }
          files.put("out-" + resource.key() + ".yaml", sorted(shown));
          ready.put(resource.key(), resource.ready());
        }
        rest.put("ready", composed.ready());
        rest.put("resources", ready);
        rest.put("status", sorted(composed.status()));
        rest.put("conditions", composed.conditions());
        rest.put("events", composed.events());
        rest.put("connectionDetails", new TreeSet<>(composed.connectionDetails().keySet()));
        rest.put("requirements", composed.requirements());
        rest.put("poll", composed.poll());
      }
    }
    files.put("out-answer.yaml", rest);
    return files;
  }

  /** Each script is in one place only; that it is passed on unchanged is asserted here. */
  private static ObjectNode withoutScripts(ObjectNode object) {
    ObjectNode shown = object.deepCopy();
    maskPem(shown);
    if (shown.get("data") instanceof ObjectNode data) {
      for (String file : data.propertyStream().map(Map.Entry::getKey).toList()) {
        Path script = Path.of("src/main/resources/scripts", file);
        if (file.endsWith(".sh")) {
          assertThat(data.get(file).textValue()).isEqualTo(read(script));
          data.put(file, "the content of " + script);
        }
      }
    }
    return shown;
  }

  /** Keys and certificates are new each time. What they are like is tested beside them. */
  private static void maskPem(ObjectNode object) {
    if (object.get("data") instanceof ObjectNode data
        && "Secret".equals(object.path("kind").asText())) {
      for (String file : data.propertyStream().map(Map.Entry::getKey).toList()) {
        if (file.endsWith(".crt") || file.endsWith(".key")) {
          String pem =
              new String(
                  Base64.getDecoder().decode(data.get(file).textValue()), StandardCharsets.UTF_8);
          assertThat(pem).startsWith("-----BEGIN ");
          data.put(
              file,
              Base64.getEncoder()
                  .encodeToString(
                      pem.lines().findFirst().orElseThrow().getBytes(StandardCharsets.UTF_8)));
        }
      }
    }
  }

  /** The proxies of a store with TLS restart for another authority, and that is new each time. */
  private static void maskChecksum(ObjectNode deployment) {
    ObjectNode annotations = (ObjectNode) deployment.at("/spec/template/metadata/annotations");
    String name = "toolhive.stacklok.dev/restart-checksum";
    assertThat(annotations.path(name).asText()).matches("[0-9a-f]{64}");
    annotations.put(name, "of a new authority");
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static Object sorted(JsonNode node) {
    return Yaml.MAPPER.convertValue(node, Object.class);
  }

  private static void update(Path folder, Map<String, String> wanted) throws IOException {
    for (Path file : Golden.files(folder, "out-")) {
      Files.delete(file);
    }
    for (Map.Entry<String, String> file : wanted.entrySet()) {
      Files.writeString(folder.resolve(file.getKey()), file.getValue());
    }
  }

  private static Set<String> unused(Path folder) {
    Set<String> unused = new TreeSet<>();
    try (Stream<Path> files = Files.list(folder)) {
      files
          .map(file -> file.getFileName().toString())
          .filter(
              name ->
                  !name.matches(
                      "out-.*\\.yaml|in-(xr|defaults|pods|proxies|observer|rotation-pods|certificate|certificate-kind|binding-kind|storage-class|(backup|restore)-[a-z-]+|observed-[a-z0-9-]+)\\.yaml"))
          .forEach(unused::add);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
    return unused;
  }
}
