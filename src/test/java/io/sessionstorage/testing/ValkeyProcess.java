package io.sessionstorage.testing;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;

/** A Valkey on a free port of the loopback, with a configuration file in a directory of its own. */
public final class ValkeyProcess implements AutoCloseable {
  private static final Duration PATIENCE = Duration.ofSeconds(30);

  private final Path directory;
  private final String program;
  private final int port;
  private Process process;

  private ValkeyProcess(Path directory, String program, int port) throws IOException {
    this.directory = directory;
    this.program = program;
    this.port = port;
    process = launch();
  }

  /** A server that keeps nothing on disk, with more settings, each a line of valkey.conf. */
  public static ValkeyProcess start(Path root, String... settings) throws IOException {
    int port = freePort();
    return started(
        root,
        "valkey-server",
        port,
        "port " + port + "\nsave \"\"\nappendonly no\n" + String.join("\n", settings) + "\n");
  }

  /** A server that speaks TLS only. */
  public static ValkeyProcess startTls(
      Path root, Map<String, String> certificates, String... settings) throws IOException {
    for (String file : List.of("tls.crt", "tls.key", "ca.crt")) {
      Files.writeString(root.resolve(file), certificates.getOrDefault(file, ""));
    }
    int port = freePort();
    return started(
        root,
        "valkey-server",
        port,
        """
        port 0
        tls-port %d
        tls-cert-file %2$s/tls.crt
        tls-key-file %2$s/tls.key
        tls-ca-cert-file %2$s/ca.crt
        tls-auth-clients no
        save ""
        %3$s
        """
            .formatted(port, root, String.join("\n", settings)));
  }

  /** A Sentinel that watches {@code primary}. */
  public static ValkeyProcess startSentinel(Path root, ValkeyProcess primary) throws IOException {
    int port = freePort();
    return started(
        root,
        "valkey-sentinel",
        port,
        "port %d\nsentinel monitor store 127.0.0.1 %d 1\n".formatted(port, primary.port));
  }

  private static ValkeyProcess started(Path root, String program, int port, String settings)
      throws IOException {
    Files.createDirectories(root);
    Files.writeString(root.resolve("valkey.conf"), settings + "bind 127.0.0.1\ndir " + root + "\n");
    ValkeyProcess valkey = new ValkeyProcess(root, program, port);
    valkey.awaitConnections();
    return valkey;
  }

  private Process launch() throws IOException {
    return new ProcessBuilder(
            Programs.require(program).toString(), directory.resolve("valkey.conf").toString())
        .redirectErrorStream(true)
        .redirectOutput(directory.resolve("log").toFile())
        .start();
  }

  private void awaitConnections() {
    await()
        .atMost(PATIENCE)
        .ignoreExceptionsInstanceOf(IOException.class)
        .untilAsserted(
            () -> {
              assertThat(process.isAlive()).as(this::log).isTrue();
              try (Socket socket = new Socket()) {
                socket.connect(new InetSocketAddress(InetAddress.getLoopbackAddress(), port), 1000);
              }
            });
  }

  /** What it said. */
  public String log() {
    try {
      return Files.readString(directory.resolve("log"));
    } catch (IOException e) {
      return e.toString();
    }
  }

  public int port() {
    return port;
  }

  public Path directory() {
    return directory;
  }

  /** Stops it as a crash does, and starts it again at the same port. */
  public void restart() throws IOException {
    stop();
    process = launch();
    awaitConnections();
  }

  /** Ends it at once. */
  public void stop() {
    process.destroyForcibly().onExit().join();
  }

  /** It answers nothing any more, and its connections stay. */
  public void freeze() throws IOException, InterruptedException {
    Signals.send("STOP", process.pid());
  }

  public void thaw() throws IOException, InterruptedException {
    Signals.send("CONT", process.pid());
  }

  /** A port that nobody listens on. */
  public static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0, 1, InetAddress.getLoopbackAddress())) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    stop();
  }
}
