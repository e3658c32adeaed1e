package io.sessionstorage.scripts;

import static java.util.stream.Collectors.joining;
import static org.assertj.core.api.Assertions.assertThat;

import io.sessionstorage.compose.plan.Acl;
import io.sessionstorage.compose.plan.Checksum;
import io.sessionstorage.compose.plan.SentinelConf;
import io.sessionstorage.compose.plan.User;
import io.sessionstorage.compose.plan.ValkeyConf;
import io.sessionstorage.testing.Programs;
import io.sessionstorage.testing.Signals;
import java.io.IOException;
import java.net.ServerSocket;
import java.nio.file.DirectoryStream;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/**
 * The three pods of a store of size large, each with a directory and an address of the loopback of
 * its own: servers and Sentinels, started by the pods' scripts.
 */
final class RealCluster implements AutoCloseable {
  static final String PRIMARY_NAME = "shared.team-a";
  private static final String ADMIN = "admin";
  private static final Path SCRIPTS = Path.of("src/main/resources/scripts");

  private final int port;
  private final int sentinelPort;
  private final List<Node> nodes;

  /**
   * Nothing runs yet.
   *
   * @param more settings of the servers, each a line of valkey.conf
   */
  RealCluster(Path root, String more) throws IOException {
    port = freePort();
    sentinelPort = freePort();
    nodes = IntStream.range(0, 3).mapToObj(index -> new Node(root, index)).toList();
    for (Node node : nodes) {
      node.install(more);
    }
  }

  List<Node> nodes() {
    return nodes;
  }

  int port() {
    return port;
  }

  /**
   * The only one that calls itself primary and is that for every Sentinel; fails if there is none.
   */
  Node primary() {
    List<Node> primaries = nodes.stream().filter(Node::isPrimary).toList();
    assertThat(primaries).extracting(Node::address).hasSize(1);
    assertThat(nodes)
        .allSatisfy(
            node ->
                assertThat(node.sentinel("SENTINEL", "GET-PRIMARY-ADDR-BY-NAME", PRIMARY_NAME))
                    .contains(primaries.getFirst().address()));
    return primaries.getFirst();
  }

  Node node(int index) {
    return nodes.get(index);
  }

  /** Free on every address of the loopback. */
  static int freePort() throws IOException {
    try (ServerSocket socket = new ServerSocket(0)) {
      return socket.getLocalPort();
    }
  }

  @Override
  public void close() {
    nodes.forEach(Node::close);
  }

  /** One pod. */
  final class Node {
    private final Path root;
    private final String pod;
    private final List<Process> processes = new ArrayList<>();
    private @Nullable Process server;

    private Node(Path root, int index) {
      // Scripts take for their own address the one that begins with the pod's name.
      pod = "127." + (index + 1);
      this.root = root.resolve("pod-" + index);
    }

    String address() {
      return pod + ".0.1";
    }

    /** The directory of its append-only log. */
    Path log() {
      return root.resolve("data/appendonlydir");
    }

    private void install(String more) throws IOException {
      for (String directory :
          List.of("data", "acl", "secrets", "config", "scripts", "run/valkey", "dev")) {
        Files.createDirectories(root.resolve(directory));
      }
      try (DirectoryStream<Path> scripts = Files.newDirectoryStream(SCRIPTS)) {
        for (Path script : scripts) {
          write(
              "scripts/" + script.getFileName(),
              Files.readString(script).replace("127.0.0.1", address()));
        }
      }
      configure(more);
      write("config/sentinel.conf", here(SentinelConf.of(PRIMARY_NAME, false)));
      write(
          "acl/users.acl",
          Stream.of(User.values())
              .filter(user -> user != User.EXPORTER) // of no store yet
              .map(user -> Acl.line(user, Checksum.of(user.text()), true) + "\n")
              .collect(joining("", "", "user " + ADMIN + " on nopass ~* &* +@all\n")));
      write(
          "acl/sentinel.acl",
          Acl.sentinelFile(hash(User.DEFAULT), hash(User.PROBE), hash(User.SENTINEL)));
      for (User user : User.values()) {
        write("secrets/" + user.text(), user.text());
      }
    }

    /** The servers' settings, from the next start on. */
    void configure(String more) throws IOException {
      ValkeyConf conf = new ValkeyConf(true, true, false, 192 << 20, RealValkey.POLICY);
      write("config/valkey.conf", here(conf.valkeyConf()) + more + "\n");
      write("config/live.conf", conf.liveConf());
    }

    private List<String> hash(User user) {
      return List.of(Checksum.of(user.text()));
    }

    private String here(String conf) {
      return "bind "
          + address()
          + "\n"
          + conf.replace(" 26379", " " + sentinelPort)
              .replace(" 6379", " " + port)
              .replace(" /", " " + root + "/");
    }

    private void write(String file, String text) throws IOException {
      Files.writeString(root.resolve(file), text);
    }

    void startSentinel() throws IOException {
      spawn("start-sentinel");
    }

    void startServer() throws IOException {
      server = spawn("start-node", Map.of("LAST_SECONDS", "30"));
    }

    private Process spawn(String script) throws IOException {
      return spawn(script, Map.of());
    }

    /** Starts a script with more in its environment, or something else. */
    Process spawn(String script, Map<String, String> more) throws IOException {
      Map<String, String> environment = new HashMap<>();
      environment.put("ROOT", root.toString());
      environment.put("PORT", Integer.toString(port));
      environment.put("SENTINEL_PORT", Integer.toString(sentinelPort));
      environment.put("POD", pod);
      environment.put("NODES", nodes.stream().map(Node::address).collect(joining(" ")));
      environment.put("PRIMARY_NAME", PRIMARY_NAME);
      environment.putAll(more);
      ProcessBuilder builder =
          new ProcessBuilder(
                  Programs.require("sh").toString(),
                  root.resolve("scripts/" + script + ".sh").toString())
              .redirectErrorStream(true)
              .redirectOutput(
                  ProcessBuilder.Redirect.appendTo(root.resolve(script + ".log").toFile()));
      builder.environment().putAll(environment);
      Process process = builder.start();
      processes.add(process);
      return process;
    }

    /** As when the node loses its power: with everything that it has begun. */
    void killServer() {
      if (server != null) {
        server.descendants().forEach(ProcessHandle::destroyForcibly);
        server.destroyForcibly().onExit().join();
      }
    }

    /** Stops the server as the kubelet does. */
    void stopServer() throws IOException, InterruptedException {
      spawn("stop-node").waitFor();
      endServer();
    }

    /** As when the kubelet did not wait for what the server's script does before. */
    void stopServerTooSoon() throws IOException {
      write("run/valkey/stopping", "");
      endServer();
    }

    void endServer() {
      if (server != null) {
        server.destroy();
        server.onExit().join();
      }
    }

    /** The addresses by which its scripts know others. */
    void hosts(Map<Node, String> addresses) throws IOException {
      write(
          "run/valkey/hosts",
          addresses.entrySet().stream()
              .map(it -> it.getValue() + " " + it.getKey().address() + "\n")
              .collect(joining()));
    }

    /**
     * From its next start on its Sentinel takes another node for the primary, as it was long ago.
     */
    void remember(Node primary) throws IOException {
      write(
          "data/sentinel/sentinel.conf",
          file("data/sentinel/sentinel.conf")
              .replaceFirst("(?m)^(sentinel monitor \\S+) \\S+", "$1 " + primary.address())
              .replaceFirst("(?m)^(sentinel config-epoch \\S+) .*", "$1 0"));
    }

    /** What the kubelet does first in a pod that was deleted by force: it finds no other one. */
    Process partFromOthers() throws IOException {
      return spawn("stop-node", Map.of("SENTINEL_PORT", Integer.toString(freePort())));
    }

    /** What its observer or another script wrote there. */
    String file(String name) throws IOException {
      return Files.readString(root.resolve(name));
    }

    /** A command to the server. */
    String call(User user, String... command) {
      return call(port, user.text(), command);
    }

    /** A command of who may do everything, unlike all users of a store. */
    String administer(String... command) {
      return call(port, ADMIN, command);
    }

    /** Whether it calls itself one. */
    boolean isPrimary() {
      return call(User.OPERATOR, "ROLE").startsWith("[master");
    }

    /** A command to the Sentinel. */
    String sentinel(String... command) {
      return call(sentinelPort, User.SENTINEL.text(), command);
    }

    /** Why there is no reply, if there is none. */
    private String call(int port, String user, String... command) {
      try (Client client = new Client(address(), port)) {
        client.call("AUTH", user, user);
        return client.call(command);
      } catch (IOException e) {
        return e.toString();
      }
    }

    /** What a script and what it became have printed. */
    String output(String script) {
      try {
        return Files.readString(root.resolve(script + ".log"));
      } catch (IOException e) {
        return e.toString();
      }
    }

    /**
     * Stops everything in the pod without an end of its connections, as when its network is cut.
     */
    void freeze() throws IOException, InterruptedException {
      signal("STOP");
    }

    void thaw() throws IOException, InterruptedException {
      signal("CONT");
    }

    private void signal(String signal) throws IOException, InterruptedException {
      Signals.send(
          signal,
          processes.stream()
              .flatMap(it -> Stream.concat(Stream.of(it.toHandle()), it.descendants()))
              .filter(ProcessHandle::isAlive)
              .mapToLong(ProcessHandle::pid)
              .toArray());
    }

    /** Kills everything in the pod. */
    void close() {
      for (Process process : processes) {
        process.descendants().forEach(ProcessHandle::destroyForcibly);
        process.destroyForcibly().onExit().join();
      }
    }
  }
}
