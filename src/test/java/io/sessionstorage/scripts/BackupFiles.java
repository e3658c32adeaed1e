package io.sessionstorage.scripts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.ObjectMapper;
import io.sessionstorage.compose.plan.User;
import io.sessionstorage.testing.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;

/** The files of the pods of backups, drills and restores, and the processes in them. */
final class BackupFiles implements AutoCloseable {
  private static final Path SCRIPTS = Path.of("src/main/resources/scripts").toAbsolutePath();
  private static final List<String> PROGRAMS =
      List.of(
          "sh",
          "awk",
          "cat",
          "cp",
          "cut",
          "date",
          "find",
          "grep",
          "head",
          "mkdir",
          "mv",
          "rm",
          "sed",
          "sha256sum",
          "sleep",
          "sort",
          "sync",
          "tail",
          "tee",
          "timeout",
          "tr",
          "wc");
  private static final ObjectMapper MAPPER = new ObjectMapper();

  private final Path root;
  private final Map<String, String> environment = new HashMap<>();

  BackupFiles(Path root, Shell shell) throws IOException {
    this.root = root;
    for (String directory :
        List.of("bin", "work", "secrets", "repository-password", "run/backup", "data")) {
      Files.createDirectories(root.resolve(directory));
    }
    for (String program : PROGRAMS) {
      Files.createSymbolicLink(root.resolve("bin").resolve(program), shell.program(program));
    }
    for (String program : List.of("valkey-server", "valkey-cli", "valkey-check-rdb", "restic")) {
      Files.createSymbolicLink(root.resolve("bin").resolve(program), Programs.require(program));
    }
    password("repository's own");
    set("PATH", root.resolve("bin").toString());
    set("ROOT", root.toString());
    set("MESSAGE", root.resolve("message").toString());
    set("RESTIC_REPOSITORY", root.resolve("repository").toString());
    set("TMPDIR", root.resolve("work").toString());
    set("SOURCE", "team-a/shared");
    set("VERIFY", "snapshot");
    set("KEEP", "");
    set("SNAPSHOT", "latest");
    set("NODES", "127.0.0.1");
    set("MAXMEMORY", Long.toString(192 << 20));
    set("WAIT_SECONDS", "0");
    set("TRIES", "2");
    set("LOCK_WAIT", "1s");
    set("OPEN_SECONDS", "60");
  }

  /** For backups of {@code valkey}. */
  static BackupFiles of(RealValkey valkey, Path root, Shell shell) throws IOException {
    BackupFiles files = new BackupFiles(root, shell);
    files.set("PORT", Integer.toString(valkey.port()));
    files.write("secrets/backup", RealValkey.password(User.BACKUP));
    return files;
  }

  /** Begins with a copy of {@code repository}. */
  void adopt(Path repository) throws IOException, InterruptedException {
    Process copy =
        new ProcessBuilder("cp", "-r", repository.toString(), path("repository").toString())
            .start();
    assertThat(copy.waitFor()).isZero();
  }

  BackupFiles set(String variable, String value) {
    environment.put(variable, value);
    return this;
  }

  void password(String password) throws IOException {
    write("repository-password/password", password);
  }

  void write(String file, String content) throws IOException {
    Files.createDirectories(path(file).getParent());
    Files.writeString(path(file), content);
  }

  Path path(String file) {
    return root.resolve(file);
  }

  /** When a run is killed. */
  enum Moment {
    BEFORE,
    DURING,
    AFTER
  }

  /**
   * Runs {@code script} and kills it with everything that it has begun when it calls {@code
   * program} with an argument that begins with {@code word} or is a path that ends with it; empty:
   * with whatever arguments.
   */
  void kill(String script, String program, String word, Moment moment)
      throws IOException, InterruptedException {
    Path link = root.resolve("bin").resolve(program);
    Path held = root.resolve("held");
    Path target = Files.readSymbolicLink(link);
    // A busybox has to be told which of its programs it is.
    String real = target + (target.endsWith("busybox") ? " " + program : "");
    Files.deleteIfExists(held);
    Shell.replace(
        link,
        """
        #!/bin/sh
        case " $* " in *" %1$s"* | *"/%1$s "*) ;; *) exec %2$s "$@" ;; esac
        %3$s
        """
            .formatted(
                word,
                real,
                switch (moment) {
                  case BEFORE -> ": >%s; exec sleep 600".formatted(held);
                  case DURING -> ": >%s; exec %s \"$@\"".formatted(held, real);
                  case AFTER -> "%2$s \"$@\"; : >%1$s; exec sleep 600".formatted(held, real);
                }));
    Process process = spawn(script);
    await().atMost(Duration.ofMinutes(1)).until(() -> Files.exists(held));
    List<ProcessHandle> begun = process.descendants().toList();
    process.destroyForcibly().onExit().join();
    begun.forEach(ProcessHandle::destroyForcibly);
    Files.delete(link);
    Files.createSymbolicLink(link, target);
  }

  Process spawn(String script) throws IOException {
    return spawn(script, root.resolve("bin/sh").toString(), script(script));
  }

  /** The file of a script. */
  static String script(String script) {
    return SCRIPTS.resolve(script + ".sh").toString();
  }

  /** A command in the environment of the pod; its output goes to {@code NAME.out}. */
  Process spawn(String name, String... command) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(command)
            .redirectErrorStream(true)
            .redirectOutput(root.resolve(name + ".out").toFile());
    builder.environment().clear();
    builder.environment().putAll(environment);
    return builder.start();
  }

  /** Runs it to its end, which must be a good one. */
  JsonNode succeeds(String script) throws IOException, InterruptedException {
    JsonNode message = ends(script, 0);
    assertThat(message.path("message").asText()).as("%s", message).isEmpty();
    return message;
  }

  /** Runs it to its end: what it reports. */
  JsonNode ends(String script, int status) throws IOException, InterruptedException {
    Files.deleteIfExists(root.resolve("message"));
    Process process = spawn(script);
    assertThat(process.waitFor(120, TimeUnit.SECONDS)).as(script + " ends").isTrue();
    String output = Files.readString(root.resolve(script + ".out"));
    assertThat(process.exitValue()).as(output).isEqualTo(status);
    return message("message");
  }

  /** A report in a file. */
  JsonNode message(String file) throws IOException {
    return MAPPER.readTree(Files.readString(root.resolve(file)));
  }

  /** A whole backup. */
  JsonNode backUp() throws IOException, InterruptedException {
    succeeds("backup-dump");
    return succeeds("backup-store");
  }

  /** Reads the snapshot for a drill. */
  JsonNode fetch() throws IOException, InterruptedException {
    return set("INTO", "").succeeds("backup-fetch");
  }

  /** Reads the snapshot for a restore, onto the store's volume. */
  JsonNode fetchOntoTheVolume() throws IOException, InterruptedException {
    return set("INTO", "/data/restoring").succeeds("backup-fetch");
  }

  /** A whole restore. */
  JsonNode restore() throws IOException, InterruptedException {
    fetchOntoTheVolume();
    return succeeds("restore");
  }

  /** What restic says, as a person would call it. */
  String restic(String... arguments) throws IOException, InterruptedException {
    Process process = begin(arguments);
    String output =
        new String(
            process.getInputStream().readAllBytes(), java.nio.charset.StandardCharsets.UTF_8);
    assertThat(process.waitFor()).as(output).isZero();
    return output;
  }

  /** Begins restic in the repository. */
  Process begin(String... arguments) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            java.util.stream.Stream.concat(
                    java.util.stream.Stream.of(Programs.require("restic").toString(), "--no-cache"),
                    java.util.stream.Stream.of(arguments))
                .toList());
    builder
        .environment()
        .put("RESTIC_REPOSITORY", environment.getOrDefault("RESTIC_REPOSITORY", ""));
    builder
        .environment()
        .put("RESTIC_PASSWORD_FILE", path("repository-password/password").toString());
    return builder.redirectErrorStream(true).start();
  }

  int snapshots() throws IOException, InterruptedException {
    return MAPPER.readTree(restic("snapshots", "--no-lock", "--json")).size();
  }

  @Override
  public void close() throws IOException {
    for (String program : List.of("bin")) {
      try (var programs = Files.newDirectoryStream(root.resolve(program))) {
        for (Path link : programs) {
          Files.delete(link);
        }
      }
    }
  }
}
