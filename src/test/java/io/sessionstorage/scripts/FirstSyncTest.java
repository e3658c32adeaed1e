package io.sessionstorage.scripts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.sessionstorage.compose.plan.User;
import io.sessionstorage.scripts.RealCluster.Node;
import io.sessionstorage.testing.Needs;
import io.sessionstorage.testing.Programs;
import io.sessionstorage.testing.ValkeyProcess;
import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/**
 * Three servers of which the first one alone has data, as after a restore: nobody's emptiness wins.
 */
@Needs({"valkey-server"})
class FirstSyncTest {
  private static final Duration PATIENCE = Duration.ofSeconds(60);
  private static final int KEYS = 50;

  /** No replica gets anything. */
  private static final String NO_SYNC = "repl-diskless-sync-delay 3600";

  @TempDir private Path root;

  @ParameterizedTest
  @ValueSource(ints = {0, 1})
  void aReplicaWithLessIsNeverPromotedBesideData(int keys) throws Exception {
    try (RealCluster cluster = new RealCluster(root, NO_SYNC)) {
      Node first = cluster.node(0);
      fill(first, KEYS);
      if (keys > 0) {
        fill(cluster.node(1), keys);
        fill(cluster.node(2), keys);
      }
      start(cluster);
      awaitReplicas(cluster);

      first.killServer();
      await("a decision")
          .atMost(PATIENCE)
          .until(
              () ->
                  said(cluster, "-failover-abort-no-good-slave")
                      || said(cluster, "+switch-master"));
      assertThat(said(cluster, "+switch-master")).isFalse();
      first.configure("");
      first.startServer();

      awaitEveryKeyEverywhere(cluster, 0);

      // From now on each of them may be the primary.
      syncFromNowOn(cluster.nodes());
      first.killServer();
      await("a failover").atMost(PATIENCE).until(() -> primary(cluster) > 0);
      first.startServer();
      awaitEveryKeyEverywhere(cluster, primary(cluster));
    }
  }

  @Test
  void anEmptyPrimaryThatHadNoReplicaWithDataStartsAgain() throws Exception {
    try (RealCluster cluster = new RealCluster(root, NO_SYNC)) {
      start(cluster);
      awaitReplicas(cluster);

      cluster.node(0).killServer();
      cluster.node(0).configure("");
      cluster.node(0).startServer();

      await("one that takes writes")
          .atMost(PATIENCE)
          .until(
              () ->
                  cluster
                      .node(0)
                      .call(User.DEFAULT, "SET", "thv:new", "1", "EX", "100")
                      .equals("OK"));
    }
  }

  /** A log whose commands were all folded into its base is no empty one. */
  @Test
  void aBaseWithOneKeyIsData() throws Exception {
    try (RealCluster cluster = new RealCluster(root, NO_SYNC)) {
      Node first = cluster.node(0);
      Node second = cluster.node(1);
      for (Node node : List.of(first, second)) {
        fill(node, 1);
        Files.write(node.log().resolve("appendonly.aof.1.incr.aof"), new byte[0]);
      }
      for (Node node : cluster.nodes()) {
        node.startSentinel();
      }
      second.startServer();
      await("one who has data")
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(keys(second)).contains("keys=1,"));

      first.startServer();

      await("a primary with that key")
          .atMost(PATIENCE)
          .untilAsserted(
              () -> {
                assertThat(primary(cluster)).isZero();
                assertThat(keys(first)).contains("keys=1,");
              });
    }
  }

  @Test
  void aStoreWhosePrimaryDoesNotComeGoesOnWithoutIt() throws Exception {
    try (RealCluster cluster = new RealCluster(root, NO_SYNC)) {
      for (Node node : cluster.nodes()) {
        fill(node, KEYS);
        node.spawn("start-sentinel", Map.of("PATIENCE", "2"));
        node.startServer();
      }
      awaitReplicas(cluster);

      cluster.node(0).killServer();
      await("another primary").atMost(PATIENCE).until(() -> primary(cluster) > 0);
      syncFromNowOn(cluster.nodes().subList(1, 3));
      cluster.node(0).startServer();

      awaitEveryKeyEverywhere(cluster, primary(cluster));
    }
  }

  private static void syncFromNowOn(List<Node> nodes) {
    for (Node node : nodes) {
      node.call(User.OPERATOR, "CONFIG", "SET", "repl-diskless-sync-delay", "0");
    }
  }

  private static void start(RealCluster cluster) throws IOException {
    for (Node node : cluster.nodes()) {
      node.startSentinel();
      node.startServer();
    }
  }

  /** As restore.sh leaves the volume. */
  private void fill(Node node, int keys) throws Exception {
    Path restore = root.resolve("restore");
    Path work = Files.createDirectories(restore.resolve("work"));
    try (ValkeyProcess source = ValkeyProcess.start(work, "dir " + work);
        Client client = new Client(source.port())) {
      for (int i = 0; i < keys; i++) {
        client.call("SET", "thv:" + i, "value " + i, "EX", "3600");
      }
      assertThat(client.call("SAVE")).isEqualTo("OK");
    }
    ProcessBuilder asLog =
        new ProcessBuilder(
            Programs.require("sh").toString(),
            "-c",
            ". src/main/resources/scripts/backup-lib.sh && as_log \"$1\"",
            "sh",
            node.log().toString());
    asLog.environment().put("ROOT", restore.toString());
    assertThat(asLog.inheritIO().start().waitFor()).isZero();
  }

  /** Every Sentinel knows the others and both replicas, and has asked these how they are. */
  private static void awaitReplicas(RealCluster cluster) {
    await("replicas")
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              for (Node node : cluster.nodes()) {
                assertThat(node.sentinel("SENTINEL", "CKQUORUM", RealCluster.PRIMARY_NAME))
                    .startsWith("OK 3");
                assertThat(node.sentinel("SENTINEL", "REPLICAS", RealCluster.PRIMARY_NAME))
                    .contains(address(cluster, 1), address(cluster, 2))
                    .containsPattern("(master-host, 127.1.0.1.*){2}");
              }
            });
  }

  private static CharSequence address(RealCluster cluster, int index) {
    return "ip, " + cluster.node(index).address();
  }

  private static boolean said(RealCluster cluster, String event) {
    return cluster.nodes().stream().anyMatch(node -> node.output("start-sentinel").contains(event));
  }

  /** Everybody's; negative: they do not agree, or it does not answer as one. */
  private static int primary(RealCluster cluster) {
    List<String> named =
        cluster.nodes().stream()
            .map(
                node ->
                    node.sentinel("SENTINEL", "GET-PRIMARY-ADDR-BY-NAME", RealCluster.PRIMARY_NAME))
            .distinct()
            .toList();
    return named.size() > 1
        ? -1
        : IntStream.range(0, 3)
            .filter(i -> named.getFirst().contains(cluster.node(i).address()))
            .filter(i -> replication(cluster.node(i)).contains("role:master"))
            .findFirst()
            .orElse(-1);
  }

  private static String keys(Node node) {
    return node.call(User.OPERATOR, "INFO", "keyspace");
  }

  private static String replication(Node node) {
    return node.call(User.OPERATOR, "INFO", "replication");
  }

  private static void awaitEveryKeyEverywhere(RealCluster cluster, int primary) {
    await("every key")
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(primary(cluster)).isEqualTo(primary);
              for (Node node : cluster.nodes()) {
                assertThat(keys(node)).contains("keys=" + KEYS + ",");
                if (node != cluster.node(primary)) {
                  assertThat(replication(node))
                      .contains("master_link_status:up", "slave_priority:100");
                }
              }
            });
  }
}
