package io.sessionstorage.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** {@code docs/install.md}, run word for word. */
final class Guide {
  private static final Path FILE = Path.of("docs", "install.md");
  private static final Pattern BLOCK =
      Pattern.compile("^```sh\\n(.*?)^```", Pattern.DOTALL | Pattern.MULTILINE);
  private static final String VARIABLES = "Where the packages are";
  private static final int MINUTES = 8;

  private Guide() {}

  /** Runs the shell blocks under these headings, in one shell. */
  static String run(String... headings) {
    return shell(
        "set -eu\n"
            + blocks(VARIABLES)
            + Arrays.stream(headings).map(Guide::blocks).collect(Collectors.joining()));
  }

  private static String blocks(String heading) {
    String section =
        Arrays.stream(text().split("(?m)^## "))
            .filter(part -> part.startsWith(heading + "\n"))
            .findFirst()
            .orElseThrow(() -> new AssertionError(FILE + " has no section " + heading));
    List<String> blocks = BLOCK.matcher(section).results().map(Guide::body).toList();
    assertThat(blocks).as("shell blocks of section %s of %s", heading, FILE).isNotEmpty();
    return String.join("", blocks);
  }

  private static String body(MatchResult block) {
    return block.group(1);
  }

  private static String text() {
    try {
      return Files.readString(FILE);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }

  private static String shell(String script) {
    try {
      Path output = Files.createTempFile("guide", ".log");
      Process process =
          new ProcessBuilder("bash", "-c", script)
              .redirectErrorStream(true)
              .redirectOutput(output.toFile())
              .start();
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
