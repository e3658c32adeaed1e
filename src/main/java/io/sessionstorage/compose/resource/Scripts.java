package io.sessionstorage.compose.resource;

import io.sessionstorage.compose.plan.Texts;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Stream;

/** The container scripts that come with this package: text by file name. */
final class Scripts {
  private static final List<String> COMMON =
      List.of(
          "apply.sh", "lib.sh", "live.sh", "ready.sh", "reload.sh", "rotation.sh", "started.sh");

  /** For a store of one node. */
  static final Map<String, String> SINGLE = load(List.of("start.sh"));

  /** For a store of several. */
  static final Map<String, String> REPLICATED =
      load(
          List.of(
              "cluster.sh",
              "hasten.sh",
              "live-sentinel.sh",
              "names.sh",
              "observe.sh",
              "reload-sentinel.sh",
              "renew-sentinel.sh",
              "start-node.sh",
              "start-sentinel.sh",
              "stop-node.sh",
              "stop-sentinel.sh",
              "watch-server.sh"));

  /** For the pods of backups and restores. */
  static final Map<String, String> BACKUP =
      read(
          Stream.of(
              "backup-drill.sh",
              "backup-dump.sh",
              "backup-fetch.sh",
              "backup-lib.sh",
              "backup-store.sh",
              "lib.sh",
              "repository.sh",
              "restore.sh"));

  private Scripts() {}

  private static Map<String, String> load(List<String> special) {
    return read(Stream.concat(COMMON.stream(), special.stream()));
  }

  private static Map<String, String> read(Stream<String> names) {
    Map<String, String> scripts = new TreeMap<>();
    names.forEach(name -> scripts.put(name, Texts.read("/scripts/" + name)));
    return scripts;
  }
}
