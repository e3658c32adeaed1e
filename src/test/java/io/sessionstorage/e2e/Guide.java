package io.sessionstorage.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.regex.MatchResult;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/** {@code docs/install.md}, run word for word. */
final class Guide {
  private static final Path FILE = Path.of("docs", "install.md");
  private static final Pattern BLOCK =
      Pattern.compile("^```sh\\n(.*?)^```", Pattern.DOTALL | Pattern.MULTILINE);
  private static final String VARIABLES = "Where the packages are";

  private Guide() {}

  /** Runs the shell blocks under these headings, in one shell. */
  static String run(String... headings) {
    return run(Map.of(), headings);
  }

  /** As {@link #run(String...)}, with other variables than the tests' own. */
  static String run(Map<String, String> environment, String... headings) {
    return Shell.run(
        blocks(VARIABLES)
            + Arrays.stream(headings).map(Guide::blocks).collect(Collectors.joining()),
        environment);
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
}
