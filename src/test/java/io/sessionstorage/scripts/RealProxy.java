package io.sessionstorage.scripts;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sessionstorage.compose.plan.User;
import io.sessionstorage.testing.Programs;
import java.io.IOException;
import java.io.InputStream;
import java.net.URI;
import java.net.URLConnection;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** HAProxy with the configuration of a store's proxies, in front of a {@link RealCluster}. */
final class RealProxy implements AutoCloseable {
  private static final Path SOURCE = Path.of("src/main/resources/haproxy");

  /** As it is in hold.lua. */
  static final Duration GRACE = Duration.ofSeconds(4);

  private final Process process;
  private final int port;
  private final int healthPort;

  private RealProxy(Process process, int port, int healthPort) {
    this.process = process;
    this.port = port;
    this.healthPort = healthPort;
  }

  static RealProxy start(Path root, RealCluster cluster) throws IOException {
    return start(
        root,
        "parse-resolv-conf",
        cluster.nodes().stream()
            .map(node -> "  server %1$s %1$s:%2$d\n".formatted(node.address(), cluster.port()))
            .collect(joining()),
        GRACE);
  }

  /**
   * In front of the one server that {@code names} lead to, which keeps its clients for {@code
   * grace} after a check could not connect.
   */
  static RealProxy start(Path root, RealNames names, int port, Duration grace) throws IOException {
    return start(
        root,
        "nameserver test 127.0.0.1:" + names.port(),
        "  server pod pod.test:" + port + "\n",
        grace);
  }

  private static RealProxy start(Path root, String nameServer, String servers, Duration grace)
      throws IOException {
    int port = RealCluster.freePort();
    int healthPort = RealCluster.freePort();
    Files.createDirectories(root);
    String hold = here(root, "hold.lua");
    assertThat(hold).contains(grace(GRACE));
    Files.writeString(root.resolve("hold.lua"), hold.replace(grace(GRACE), grace(grace)));
    Files.writeString(root.resolve("password.lua"), here(root, "password.lua"));
    Files.writeString(
        root.resolve("passwords.map"), User.PROBE.text() + " " + User.PROBE.text() + "\n");
    Path conf =
        Files.writeString(
            root.resolve("haproxy.cfg"),
            here(root, "haproxy.cfg")
                    .replace("@TLS@", "")
                    .replace("parse-resolv-conf", nameServer)
                    .replace("bind :6379", "bind 127.0.0.1:" + port)
                    .replace("bind :8404", "bind 127.0.0.1:" + healthPort)
                    .replace("bind :8405", "bind 127.0.0.1:" + RealCluster.freePort())
                + servers);
    Process process =
        new ProcessBuilder(
                Programs.require("haproxy").toString(), "-W", "-db", "-f", conf.toString())
            .redirectErrorStream(true)
            .redirectOutput(root.resolve("haproxy.log").toFile())
            .start();
    RealProxy proxy = new RealProxy(process, port, healthPort);
    await("a proxy that listens")
        .atMost(Duration.ofSeconds(30))
        .ignoreExceptions()
        .until(
            () -> {
              try (Client client = proxy.connect()) {
                return client != null;
              }
            });
    return proxy;
  }

  private static String grace(Duration grace) {
    return "GRACE <const> = %d ".formatted(grace.toMillis());
  }

  private static String here(Path root, String file) throws IOException {
    return Files.readString(SOURCE.resolve(file)).replace("/config/", root + "/");
  }

  /** A connection that has not logged in. */
  Client connect() throws IOException {
    return new Client("127.0.0.1", port);
  }

  /** Whether the last check of a server ended so, in HAProxy's terms, as {@code L4CON}. */
  boolean found(String checkStatus) throws IOException {
    URLConnection metrics =
        URI.create("http://127.0.0.1:" + healthPort + "/metrics").toURL().openConnection();
    try (InputStream body = metrics.getInputStream()) {
      return new String(body.readAllBytes(), StandardCharsets.UTF_8)
          .lines()
          .filter(line -> line.startsWith("haproxy_server_check_status{"))
          .anyMatch(line -> line.endsWith("state=\"" + checkStatus + "\"} 1"));
    }
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().onExit().join();
  }
}
