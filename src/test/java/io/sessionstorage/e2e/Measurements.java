package io.sessionstorage.e2e;

import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardOpenOption;
import java.time.Duration;

/** Figures that a run leaves in {@code target/e2e/measurements.txt}. */
final class Measurements {
  private static final Path FILE = Path.of("target", "e2e", "measurements.txt");

  private Measurements() {}

  static void record(String what, Duration time) {
    record("%s: %s s".formatted(what, "%.1f".formatted(time.toMillis() / 1000.0)));
  }

  static synchronized void record(String line) {
    System.out.println(line);
    try {
      Files.createDirectories(FILE.getParent());
      Files.writeString(FILE, line + "\n", StandardOpenOption.CREATE, StandardOpenOption.APPEND);
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
