package io.sessionstorage.testing;

import static org.junit.jupiter.api.Assertions.fail;
import static org.junit.jupiter.api.Assumptions.abort;

import java.io.File;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Arrays;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Programs that some tests need. */
public final class Programs {
  private static final Map<String, String> SOURCES =
      Map.of(
          "busybox", "Debian's package busybox",
          "crossplane", "go install github.com/crossplane/cli/v2/cmd/crossplane@v2.5.0",
          "crossplane-core",
              "Crossplane's core binary (cmd/crossplane of github.com/crossplane/crossplane/v2) under this name",
          "function-pythonic",
              "pip install crossplane-function-pythonic==0.6.3 (Python 3.12 or newer)",
          "haproxy", "a build of HAProxy 3.2 with Lua",
          "kube-apiserver", "setup-envtest use --bin-dir DIR, then KUBE_API_TEST_DIR=DIR",
          "rclone", "https://rclone.org, 1.65 or newer",
          "restic", "https://restic.net, 0.17 or newer",
          "shellcheck", "Debian's package shellcheck",
          "valkey-server", "Debian's package valkey-server, or a build of Valkey 9.1");

  private Programs() {}

  /**
   * The program's path. If it is missing the test is skipped with a message that says how to get
   * it; with {@code CI=true} the test fails.
   */
  public static Path require(String program) {
    return find(program).orElseGet(() -> missing(notThere(program), source(program)));
  }

  /** The program's path; empty if it is missing. */
  static Optional<Path> find(String program) {
    return Arrays.stream(
            Objects.requireNonNullElse(System.getenv("PATH"), "").split(File.pathSeparator))
        .map(directory -> Path.of(directory, program))
        .filter(Files::isExecutable)
        .findFirst();
  }

  /** What is missing, and how to get it. */
  static String message(String program) {
    return message(notThere(program), source(program));
  }

  /** Whether a missing program fails a test. */
  static boolean areAllRequired() {
    return "true".equals(System.getenv("CI"));
  }

  private static String notThere(String program) {
    return program + " is not on PATH";
  }

  private static String source(String program) {
    return SOURCES.getOrDefault(program, program);
  }

  /** As {@link #require(String)}, for what the environment variable {@code variable} names. */
  public static Path requireDirectory(String variable, String source) {
    String value = System.getenv(variable);
    return value == null || value.isEmpty()
        ? missing(variable + " is not set", source)
        : Path.of(value);
  }

  /** As {@link #require(String)}, for what the machine lets this user do. */
  public static void requirePermission(boolean given, String what, String source) {
    if (!given) {
      missing(what, source);
    }
  }

  private static Path missing(String what, String source) {
    String message = message(what, source);
    return areAllRequired() ? fail(message) : abort(message);
  }

  private static String message(String what, String source) {
    return what + "; to get it: " + source;
  }
}
