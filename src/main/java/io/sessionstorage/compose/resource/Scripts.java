package io.sessionstorage.compose.resource;

import java.io.IOException;
import java.io.InputStream;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** The container scripts that come with this package. */
final class Scripts {
  /** Text by file name. */
  static final Map<String, String> ALL =
      load(List.of("lib.sh", "live.sh", "ready.sh", "reload.sh", "start.sh"));

  private Scripts() {}

  private static Map<String, String> load(List<String> names) {
    Map<String, String> scripts = new TreeMap<>();
    for (String name : names) {
      try (InputStream script = Scripts.class.getResourceAsStream("/scripts/" + name)) {
        if (script == null) {
          throw new IllegalStateException("the package lacks scripts/" + name);
        }
        scripts.put(name, new String(script.readAllBytes(), StandardCharsets.UTF_8));
      } catch (IOException e) {
        throw new UncheckedIOException(e);
      }
    }
    return Map.copyOf(scripts);
  }
}
