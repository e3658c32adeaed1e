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
import java.util.LinkedHashMap;
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
