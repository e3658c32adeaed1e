package io.sessionstorage.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** Scripts that run where the tests run, at the root of the project. */
final class Shell {
  private static final int MINUTES = 8;

  private Shell() {}

  /**
   * Runs it to its end, which must be a good one.
   *
   * @param environment in addition to the tests' own
   * @return both of its outputs
   */
  static String run(String script, Map<String, String> environment) {
    try {
      Path output = Files.createTempFile("shell", ".log");
      ProcessBuilder builder =
          new ProcessBuilder("bash", "-c", "set -eu\n" + script)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile());
      builder.environment().putAll(environment);
      Process process = builder.start();
      boolean ended = process.waitFor(MINUTES, TimeUnit.MINUTES);
      if (!ended) {
        process.destroy();
      }
      String said = Files.readString(output);
      Files.delete(output);
      assertThat(ended).as("ended within %d minutes:%n%s%n%s", MINUTES, script, said).isTrue();
      assertThat(process.exitValue()).as("exit code of%n%s%n%s", script, said).isZero();
      return said;
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    }
  }
}
