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

/** {@code docs/install.md} and other files of {@code docs}, run word for word. */
final class Guide {
  private static final String INSTALL = "install.md";
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
        blocks(INSTALL, VARIABLES)
            + Arrays.stream(headings)
                .map(heading -> blocks(INSTALL, heading))
                .collect(Collectors.joining()),
        environment);
  }

  /** As {@link #run}, of another file, whose first block sets its variables. */
  static String of(String file, Map<String, String> environment, String heading) {
    List<String> first = BLOCK.matcher(text(file)).results().map(Guide::body).toList();
    return Shell.run(first.getFirst() + blocks(file, heading), environment);
  }

  private static String blocks(String file, String heading) {
    String section =
        Arrays.stream(text(file).split("(?m)^## "))
            .filter(part -> part.startsWith(heading + "\n"))
            .findFirst()
            .orElseThrow(() -> new AssertionError(file + " has no section " + heading));
    List<String> blocks = BLOCK.matcher(section).results().map(Guide::body).toList();
    assertThat(blocks).as("shell blocks of section %s of %s", heading, file).isNotEmpty();
    return String.join("", blocks);
  }

  private static String body(MatchResult block) {
    return block.group(1);
  }

  private static String text(String file) {
    try {
      return Files.readString(Path.of("docs", file));
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
