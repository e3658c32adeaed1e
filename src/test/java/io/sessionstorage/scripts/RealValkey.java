package io.sessionstorage.scripts;

import static java.util.stream.Collectors.joining;
import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sessionstorage.compose.plan.Acl;
import io.sessionstorage.compose.plan.Checksum;
import io.sessionstorage.compose.plan.User;
import io.sessionstorage.compose.plan.ValkeyConf;
import io.sessionstorage.testing.Programs;
import io.sessionstorage.testing.Signals;
import java.io.IOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** A pod's files in a directory, and the processes that the pod's containers would run. */
final class RealValkey implements AutoCloseable {
  /** An eviction policy that no other is taken for. */
  static final String POLICY = "volatile-ttl";

  private static final String RANDOM = UUID.randomUUID().toString();
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Path root;
  private final int port;
  private final List<Process> processes = new ArrayList<>();
  private @Nullable Process server;
  private int versions;

  private RealValkey(Path root, int port) {
    this.root = root;
    this.port = port;
  }

  /** Started, and ready. */
  static RealValkey start(Path root, Shell shell, boolean persistent) throws Exception {
    RealValkey valkey = prepare(root, shell, persistent);
    valkey.start();
    return valkey;
  }

  static RealValkey prepare(Path root, Shell shell, boolean persistent) throws Exception {
    shell.install(root.resolve("bin"));
    Files.createDirectories(root.resolve("data"));
    RealValkey valkey = new RealValkey(root, freePort());
    valkey.configure(new ValkeyConf(persistent, false, false, 192 << 20, POLICY), "");
    valkey.mount("acl", Map.of("users.acl", users(Map.of())));
    valkey.mount("secrets", secrets(Map.of()));
    return valkey;
  }

  /** The ACL file; the users' passwords are {@link #password}, except as told. */
  static String users(Map<User, String> passwords) {
    return users(passwords, Map.of());
  }

  /** As {@link #users(Map)}; some users have a second password. */
  static String users(Map<User, String> passwords, Map<User, String> second) {
    return Stream.of(User.DEFAULT, User.PROBE, User.BACKUP, User.OPERATOR)
        .map(
            user ->
                Acl.line(
                        user,
                        Stream.of(passwords.getOrDefault(user, password(user)), second.get(user))
                            .filter(Objects::nonNull)
                            .map(Checksum::of)
                            .toList(),
                        false)
                    + "\n")
        .collect(joining());
  }

  /** The passwords' files: {@link #password}, except as told. */
  static Map<String, String> secrets(Map<User, String> passwords) {
    return Stream.of(User.PROBE, User.OPERATOR, User.REPLICATION)
        .collect(toMap(User::text, user -> passwords.getOrDefault(user, password(user))));
  }

  /** The configuration as the pod has it, with {@code more} settings. */
  void configure(ValkeyConf conf, String more) throws IOException {
    String text =
        conf.valkeyConf().replace("port 6379", "port " + port).replace(" /", " " + root + "/");
    mount(
        "config",
        Map.of("valkey.conf", text + "bind 127.0.0.1\n" + more, "live.conf", conf.liveConf()));
  }

  /** Puts a script in the place of valkey-cli: {@code %s} in it is the real one. */
  void replaceClient(String script) throws IOException {
    Shell.replace(root.resolve("bin/valkey-cli"), script.formatted(Programs.require("valkey-cli")));
  }

  /** Replaces a volume's files as the kubelet does: all at once, through a link. */
  void mount(String volume, Map<String, String> files) throws IOException {
    Path directory = Files.createDirectories(root.resolve(volume));
    Path version = Files.createDirectory(directory.resolve("..version-" + versions++));
    for (Map.Entry<String, String> file : files.entrySet()) {
      Files.writeString(version.resolve(file.getKey()), file.getValue());
      Path link = directory.resolve(file.getKey());
      if (!Files.isSymbolicLink(link)) {
        Files.createSymbolicLink(link, Path.of("..data", file.getKey()));
      }
    }
    Path next = Files.createSymbolicLink(directory.resolve("..next"), version.getFileName());
    Files.move(next, directory.resolve("..data"), StandardCopyOption.ATOMIC_MOVE);
  }

  void start() throws IOException {
    launch();
    awaitReady();
  }

  void awaitReady() {
    await()
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(run("ready")).as(this::log).isEqualTo(new Result(0, "")));
  }

  void launch() throws IOException {
    server = spawn("start", Map.of());
  }

  /** Starts a script; its output goes to {@link #output(String)}. */
  Process spawn(String script, Map<String, String> environment) throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            root.resolve("bin/sh").toString(),
            Path.of("src/main/resources/scripts")
                .toAbsolutePath()
                .resolve(script + ".sh")
                .toString());
    builder.environment().clear();
    builder.environment().put("PATH", root.resolve("bin").toString());
    builder.environment().put("ROOT", root.toString());
    builder.environment().put("PORT", Integer.toString(port));
    builder.environment().putAll(environment);
    builder.redirectErrorStream(true);
    builder.redirectOutput(root.resolve(script + ".out").toFile());
    Process process = builder.start();
    processes.add(process);
    return process;
  }

  /** Runs a script to its end. */
  Result run(String script) throws IOException, InterruptedException {
    return run(script, Map.of());
  }

  Result run(String script, Map<String, String> environment)
      throws IOException, InterruptedException {
    Process process = spawn(script, environment);
    assertThat(process.waitFor(10, TimeUnit.SECONDS)).as(script + " ends").isTrue();
    return new Result(process.exitValue(), output(script));
  }

  String output(String script) throws IOException {
    return Files.readString(root.resolve(script + ".out")).strip();
  }

  private String log() {
    try {
      return output("start");
    } catch (IOException e) {
      return e.toString();
    }
  }

  /** Sends a signal to the server. */
  void signal(String name) throws IOException, InterruptedException {
    Signals.send(name, pid());
  }

  /** Sends a signal and waits for the server's end. */
  int end(String signal) throws IOException, InterruptedException {
    signal(signal);
    Process server = server();
    assertThat(server.waitFor(10, TimeUnit.SECONDS)).as("server ends").isTrue();
    return server.exitValue();
  }

  long pid() {
    return server().pid();
  }

  private Process server() {
    return Objects.requireNonNull(server, "not started");
  }

  int port() {
    return port;
  }

  Path root() {
    return root;
  }

  /** A connection that has not logged in. */
  Client connect() throws IOException {
    return new Client(port);
  }

  Client connect(User user) throws IOException {
    Client client = connect();
    assertThat(client.call("AUTH", user.text(), password(user))).isEqualTo("OK");
    return client;
  }

  static String password(User user) {
    return user.text() + "-" + RANDOM;
  }

  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() throws IOException {
    for (Process process : processes) {
      process.destroyForcibly().onExit().join();
    }
    try (DirectoryStream<Path> programs = Files.newDirectoryStream(root.resolve("bin"))) {
      for (Path program : programs) {
        Files.delete(program);
      }
    }
  }

  /** How a script ended, and all that it printed. */
  record Result(int status, String output) {}
}
