package io.sessionstorage.provider;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.TimeUnit;

/**
 * The provider as a process of its own, as Crossplane runs it, but for the image: as there, it has
 * no directory for temporary files.
 */
final class ProviderProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(40);

  private final Process process;
  private final Path log;
  private final Path classes;

  /**
   * Starts it.
   *
   * @param name of its pod
   */
  ProviderProcess(Path directory, String name, String kubeconfig, String... flags) {
    log = directory.resolve(name + ".log");
    classes = directory.resolve(name + ".classes");
    List<String> command =
        new ArrayList<>(
            List.of(
                Path.of(System.getProperty("java.home"), "bin", "java").toString(),
                "-XX:+UseSerialGC",
                "-Xmx128m",
                "--sun-misc-unsafe-memory-access=allow",
                "-Djava.io.tmpdir=" + directory.resolve("none"),
                "-Xlog:class+load:file=" + classes,
                "-cp",
                System.getProperty("java.class.path"),
                "io.sessionstorage.Main",
                "provider",
                "--metrics-address=127.0.0.1:0",
                "--poll=2s"));
    command.addAll(List.of(flags));
    ProcessBuilder builder = new ProcessBuilder(command);
    builder.environment().put("HOSTNAME", name);
    builder.environment().put("POD_NAMESPACE", "default");
    builder.environment().put("PROVIDER_NAME", "provider-" + directory.getFileName());
    try {
      Path config = Files.writeString(directory.resolve(name + ".kubeconfig"), kubeconfig);
      builder.environment().put("KUBECONFIG", config.toString());
      process = builder.redirectErrorStream(true).redirectOutput(log.toFile()).start();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  String log() {
    return read(log);
  }

  /** Which classes it has loaded, and from where. */
  String classes() {
    return read(classes);
  }

  private static String read(Path file) {
    try {
      return Files.readString(file);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  boolean runs() {
    return process.isAlive();
  }

  /** Tells it to end, as the kubelet does, and waits until it has ended; gives its exit code. */
  int terminate() throws InterruptedException {
    process.destroy();
    assertThat(process.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).as(log()).isTrue();
    return process.exitValue();
  }

  @Override
  public void close() {
    process.destroyForcibly();
  }
}
