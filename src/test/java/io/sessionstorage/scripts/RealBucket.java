package io.sessionstorage.scripts;

import static org.awaitility.Awaitility.await;

import io.sessionstorage.testing.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** An S3 server whose buckets are directories; the only one is {@code backups}. */
final class RealBucket implements AutoCloseable {
  /** The ID and the secret of its only key. */
  static final List<String> KEY = List.of("the-id", "the-secret");

  private static final Pattern STARTED =
      Pattern.compile("server on \\[https?://127.0.0.1:([0-9]+)/");

  private final Process process;
  private final boolean tls;
  private final int port;

  /**
   * Started, and ready.
   *
   * @param root keeps its objects for the next server there
   * @param certificate {@code tls.crt} and {@code tls.key}, for {@code localhost}; empty: no TLS
   */
  RealBucket(Path root, Map<String, String> certificate) throws IOException {
    Path data = root.resolve("data");
    Files.createDirectories(data.resolve("backups"));
    List<String> command =
        new ArrayList<>(
            List.of(
                Programs.require("rclone").toString(),
                "serve",
                "s3",
                "--auth-key",
                String.join(",", KEY),
                "--addr",
                "127.0.0.1:0",
                "--config",
                ""));
    tls = !certificate.isEmpty();
    if (tls) {
      for (Map.Entry<String, String> file : certificate.entrySet()) {
        Files.writeString(root.resolve(file.getKey()), file.getValue());
      }
      command.addAll(
          List.of(
              "--cert",
              root.resolve("tls.crt").toString(),
              "--key",
              root.resolve("tls.key").toString()));
    }
    command.add(data.toString());
    Path log = root.resolve("log");
    process =
        new ProcessBuilder(command).redirectErrorStream(true).redirectOutput(log.toFile()).start();
    port =
        await("the S3 server")
            .atMost(Duration.ofSeconds(30))
            .until(() -> listening(Files.readString(log)), found -> found > 0);
  }

  private static int listening(String log) {
    Matcher matcher = STARTED.matcher(log);
    return matcher.find() ? Integer.parseInt(matcher.group(1)) : 0;
  }

  /** As restic wants it. */
  String repository(String bucket) {
    return "s3:%s://localhost:%d/%s/team-a/shared".formatted(tls ? "https" : "http", port, bucket);
  }

  @Override
  public void close() {
    process.destroyForcibly().onExit().join();
  }
}
