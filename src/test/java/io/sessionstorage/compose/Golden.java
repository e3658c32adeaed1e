package io.sessionstorage.compose;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import io.sessionstorage.compose.plan.ConsumerPlan;
import io.sessionstorage.compose.plan.Observation;
import io.sessionstorage.compose.plan.Tls;
import io.sessionstorage.compose.plan.Volume;
import io.sessionstorage.compose.status.Diagnosis;
import io.sessionstorage.compose.status.Secrecy;
import io.sessionstorage.testing.Yaml;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.regex.Pattern;
import java.util.stream.Stream;

/**
 * The golden cases. Each is a folder of
 *
 * <ul>
 *   <li>{@code in-xr.yaml}, {@code in-defaults.yaml}: the composite and PlatformDefaults;
 *   <li>{@code in-observed-<key>.yaml}: the composed resource under that key as it exists;
 *   <li>{@code in-pods.yaml}, {@code in-proxies.yaml}, {@code in-observer.yaml}, {@code
 *       in-rotation-pods.yaml}, {@code in-storage-class.yaml}, {@code in-certificate-kind.yaml},
 *       {@code in-certificate.yaml}, {@code in-binding-kind.yaml}, {@code in-backup-...yaml},
 *       {@code in-restore-...yaml}: what the requirements found;
 *   <li>{@code out-<key>.yaml}: the resource composed under that key;
 *   <li>{@code out-answer.yaml}: the rest of the answer.
 * </ul>
 */
public final class Golden {
  private static final Instant TIME = Instant.parse("2026-03-01T10:20:30Z");
  private static final Pattern REQUIREMENTS =
      Pattern.compile(
          "(?:%s|%s|%s|%s|%s|%s|%s|%s|backup-.*|restore-.*)"
              .formatted(
                  ConsumerPlan.KIND,
                  Diagnosis.PODS,
                  Secrecy.PODS,
                  Diagnosis.PROXIES,
                  Observation.PODS,
                  Tls.Issued.KIND,
                  Tls.Issued.SECRET,
                  Volume.STORAGE_CLASS));
  private static final Path ROOT = Path.of("src/test/resources/golden");

  private Golden() {}

  /** The folder of each case. */
  public static List<Path> cases() {
    try (Stream<Path> folders = Files.list(ROOT)) {
      return folders.sorted().toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  static Request request(Path folder) {
    Map<String, JsonNode> observed = new HashMap<>();
    for (Path file : files(folder, "in-observed-")) {
      observed.put(key(file, "in-observed-"), Yaml.one(file));
    }
    Map<String, List<JsonNode>> required = new HashMap<>();
    for (Path file : files(folder, "in-")) {
      String requirement = key(file, "in-");
      if (REQUIREMENTS.matcher(requirement).matches()) {
        required.put(requirement, new ArrayList<>(Yaml.read(file)));
      }
    }
    Path defaults = folder.resolve("in-defaults.yaml");
    return new Request(
        Yaml.one(folder.resolve("in-xr.yaml")),
        Files.exists(defaults) ? Yaml.one(defaults) : JsonNodeFactory.instance.objectNode(),
        observed,
        required,
        TIME);
  }

  /** The files of a folder whose name starts so. */
  public static List<Path> files(Path folder, String prefix) {
    try (Stream<Path> files = Files.list(folder)) {
      return files
          .filter(file -> file.getFileName().toString().startsWith(prefix))
          .sorted()
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String key(Path file, String prefix) {
    return file.getFileName().toString().substring(prefix.length()).replace(".yaml", "");
  }
}
