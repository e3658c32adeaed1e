package io.sessionstorage.scripts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sessionstorage.compose.plan.User;
import io.sessionstorage.scripts.RealCluster.Node;
import io.sessionstorage.testing.Needs;
import io.sessionstorage.testing.Signals;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Three servers with data that start at once, and what each does before it knows what it is. */
@Needs({"valkey-server"})
class StartTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);

  private static final String READY = "Ready to accept";
  private static final String LOADED = "DB loaded from append only file";

  @TempDir private Path root;

  @Test
  void aServerReadsItsDataUnreachedUntilTheSentinelsSayWhatItIs() throws Exception {
    try (RealCluster cluster = new RealCluster(root, "")) {
      Node primary = endWithAKey(cluster);
      int before = primary.output("start-node").length();

      primary.startServer();

      await("its data")
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(primary.output("start-node").substring(before))
                      .contains(LOADED, "no majority of the Sentinels"));
      assertThat(primary.call(User.OPERATOR, "PING")).contains("Connection refused");

      primary.startSentinel();
      for (Node replica : replicas(cluster, primary)) {
        start(replica);
      }
      awaitKeyEverywhere(cluster, primary);
      assertThat(primary.output("start-node").substring(before)).containsOnlyOnce(LOADED);
    }
  }

  /** As names.sh leaves it until the name server knows another pod. */
  @Test
  void aServerAsksNobodyWhileNoOtherPodHasAnAddress() throws Exception {
    try (RealCluster cluster = new RealCluster(root, "")) {
      Node primary = endWithAKey(cluster);
      int before = primary.output("start-node").length();
      List<Node> replicas = replicas(cluster, primary);
      primary.hosts(Map.of(replicas.get(0), "239.0.0.1", replicas.get(1), "239.0.0.2"));

      for (Node node : cluster.nodes()) {
        start(node);
      }
      await("who are told by the Sentinels whom to follow")
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(replicas)
                      .allSatisfy(
                          node ->
                              assertThat(node.call(User.OPERATOR, "ROLE"))
                                  .contains(primary.address())));
      assertThat(primary.output("start-node").substring(before))
          .contains("no majority of the Sentinels")
          .doesNotContain("starting as");

      primary.hosts(Map.of(replicas.get(0), "239.0.0.1", replicas.get(1), "127.0.0.2"));
      awaitKeyEverywhere(cluster, primary);
    }
  }

  /** It remembers a primary of before; the two others know better. */
  @ParameterizedTest
  @ValueSource(booleans = {true, false})
  void aPodWhoseOwnSentinelIsWrongBecomesWhatTheOthersSay(boolean primaryItself) throws Exception {
    try (RealCluster cluster = new RealCluster(root, "")) {
      Node primary = endWithAKey(cluster);
      Node replica = replicas(cluster, primary).getFirst();
      Node wrong = primaryItself ? primary : replica;
      wrong.remember(replica);

      for (Node node : cluster.nodes()) {
        start(node);
      }

      awaitKeyEverywhere(cluster, primary);
      assertThat(wrong.file("run/valkey/valkey.conf").contains("\nreplicaof "))
          .isEqualTo(primaryItself);
    }
  }

  /** That of a pod that was deleted by force goes on beside the new pod of its name. */
  @Test
  void aServerWaitsForTheEndOfAnotherOnItsVolume() throws Exception {
    try (RealCluster cluster = new RealCluster(root, "")) {
      Node node = cluster.node(0);
      node.startServer();
      awaitOutput(node, 0, READY);
      int before = node.output("start-node").length();

      node.spawn("start-node", Map.of());

      awaitOutput(node, before, "the volume is in use");
      assertThat(node.output("start-node").substring(before)).doesNotContain(READY);
      node.killServer();
      awaitOutput(node, before, READY);
    }
  }

  private static void awaitOutput(Node node, int after, String part) {
    await(part)
        .atMost(PATIENCE)
        .until(() -> node.output("start-node").substring(after).contains(part));
  }

  /**
   * It stays beside its server, so that what other scripts leave behind in the container becomes
   * its child, not the server's; and ends as that one does.
   */
  @ParameterizedTest
  @CsvSource({"KILL, 137", "TERM, 0"})
  void theScriptEndsWithItsServer(String signal, int status) throws Exception {
    try (RealCluster cluster = new RealCluster(root, "")) {
      Process script = cluster.node(0).spawn("start-node", Map.of());
      awaitOutput(cluster.node(0), 0, READY);
      Optional<String> shell = script.info().command();
      ProcessHandle server =
          script
              .children()
              .filter(child -> !child.info().command().equals(shell))
              .findFirst()
              .orElseThrow();

      Signals.send(signal, signal.equals("TERM") ? script.pid() : server.pid());

      assertThat(script.waitFor()).isEqualTo(status);
      assertThat(server.isAlive()).isFalse();
    }
  }

  /**
   * Of three that have a key, which have replaced a primary before, and of which none runs any
   * more: the primary.
   */
  private static Node endWithAKey(RealCluster cluster) throws Exception {
    Node first = cluster.node(0);
    for (Node node : cluster.nodes()) {
      start(node);
    }
    awaitReplicas(cluster, first);
    first.stopServer();
    first.startServer();
    await("another one")
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(cluster.primary()).isNotSameAs(first));
    Node primary = cluster.primary();
    awaitReplicas(cluster, primary);
    primary.call(User.DEFAULT, "SET", "thv:key", "1", "EX", "3600");
    awaitKeyEverywhere(cluster, primary);
    cluster.close();
    return primary;
  }

  private static void start(Node node) throws IOException {
    node.startSentinel();
    node.startServer();
  }

  private static List<Node> replicas(RealCluster cluster, Node primary) {
    return cluster.nodes().stream().filter(node -> node != primary).toList();
  }

  private static void awaitReplicas(RealCluster cluster, Node primary) {
    await("replicas")
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(cluster.primary()).isSameAs(primary);
              assertThat(primary.call(User.OPERATOR, "INFO", "replication"))
                  .contains("min_slaves_good_slaves:2");
              for (Node replica : replicas(cluster, primary)) {
                assertThat(replica.call(User.OPERATOR, "INFO", "replication"))
                    .contains("slave_priority:100");
              }
              assertThat(primary.sentinel("SENTINEL", "CKQUORUM", RealCluster.PRIMARY_NAME))
                  .startsWith("OK 3");
            });
  }

  private static void awaitKeyEverywhere(RealCluster cluster, Node primary) {
    awaitReplicas(cluster, primary);
    await("the key")
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              for (Node node : cluster.nodes()) {
                assertThat(node.call(User.OPERATOR, "INFO", "keyspace")).contains("keys=1,");
              }
            });
  }
}
