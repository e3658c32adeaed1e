package io.sessionstorage.scripts;

import static java.util.stream.Collectors.joining;
import static org.awaitility.Awaitility.await;

import io.sessionstorage.compose.plan.User;
import io.sessionstorage.testing.Programs;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;

/** HAProxy with the configuration of a store's proxies, in front of a {@link RealCluster}. */
final class RealProxy implements AutoCloseable {
  private static final Path SOURCE = Path.of("src/main/resources/haproxy");

  private final Process process;
  private final int port;

  private RealProxy(Process process, int port) {
    this.process = process;
    this.port = port;
  }

  static RealProxy start(Path root, RealCluster cluster) throws IOException {
    return start(
        root,
        "parse-resolv-conf",
        cluster.nodes().stream()
            .map(node -> "  server %1$s %1$s:%2$d\n".formatted(node.address(), cluster.port()))
            .collect(joining()));
  }

  /** In front of the one server that {@code names} lead to. */
  static RealProxy start(Path root, RealNames names, int port) throws IOException {
    return start(
        root, "nameserver test 127.0.0.1:" + names.port(), "  server pod pod.test:" + port + "\n");
  }

  private static RealProxy start(Path root, String nameServer, String servers) throws IOException {
    int port = RealCluster.freePort();
    Files.createDirectories(root);
    for (String script : new String[] {"hold.lua", "password.lua"}) {
      Files.writeString(root.resolve(script), here(root, script));
    }
    Files.writeString(
        root.resolve("passwords.map"), User.PROBE.text() + " " + User.PROBE.text() + "\n");
    Path conf =
        Files.writeString(
            root.resolve("haproxy.cfg"),
            here(root, "haproxy.cfg")
                    .replace("@TLS@", "")
                    .replace("parse-resolv-conf", nameServer)
                    .replace("bind :6379", "bind 127.0.0.1:" + port)
                    .replace("bind :8404", "bind 127.0.0.1:" + RealCluster.freePort())
                    .replace("bind :8405", "bind 127.0.0.1:" + RealCluster.freePort())
                + servers);
    Process process =
        new ProcessBuilder(
                Programs.require("haproxy").toString(), "-W", "-db", "-f", conf.toString())
            .redirectErrorStream(true)
            .redirectOutput(root.resolve("haproxy.log").toFile())
            .start();
    RealProxy proxy = new RealProxy(process, port);
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

  private static String here(Path root, String file) throws IOException {
    return Files.readString(SOURCE.resolve(file)).replace("/config/", root + "/");
  }

  /** A connection that has not logged in. */
  Client connect() throws IOException {
    return new Client("127.0.0.1", port);
  }

  @Override
  public void close() {
    process.descendants().forEach(ProcessHandle::destroyForcibly);
    process.destroyForcibly().onExit().join();
  }
}
