package io.sessionstorage.scripts;

import static java.util.stream.Collectors.toMap;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import io.sessionstorage.compose.plan.User;
import io.sessionstorage.scripts.RealCluster.Node;
import io.sessionstorage.testing.Needs;
import java.io.IOException;
import java.net.SocketTimeoutException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.TimeUnit;
import java.util.regex.Pattern;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.io.TempDir;

/** The scripts of a large store and its HAProxy, with real servers, while a client writes. */
@Needs({"haproxy", "valkey-server"})
@TestInstance(Lifecycle.PER_CLASS)
class HandoverTest {
  private static final Duration PATIENCE = Duration.ofSeconds(30);
  private static final String WELL = "primary=127 writes=yes quorum=yes";
  private static final String SENTINEL = "start-sentinel";

  /** An address at which nobody listens. */
  private static final String NOBODY = "127.0.0.99";

  @AutoClose private RealCluster cluster;
  @AutoClose private RealProxy proxy;

  @BeforeAll
  void start(@TempDir Path root) throws IOException {
    cluster = new RealCluster(root, "");
    proxy = RealProxy.start(root.resolve("proxy"), cluster);
    for (Node node : cluster.nodes()) {
      node.startSentinel();
      node.startServer();
    }
  }

  /**
   * One primary for everybody, with two replicas that the Sentinels know well enough to promote.
   */
  @BeforeEach
  void awaitHealth() {
    await("a primary with two replicas")
        .atMost(PATIENCE)
        .untilAsserted(
            () -> {
              assertThat(cluster.primary().call(User.OPERATOR, "INFO", "replication"))
                  .contains("min_slaves_good_slaves:2");
              assertThat(listeners()).containsPattern("(?s)(name=watcher-.*){3}");
              for (Node node : cluster.nodes()) {
                assertThat(node.sentinel("SENTINEL", "CKQUORUM", RealCluster.PRIMARY_NAME))
                    .startsWith("OK 3");
                assertThat(replicas(node))
                    .containsPattern("(master-link-status, ok.*){2}")
                    .containsPattern("(slave-priority, 100.*){2}")
                    .containsPattern("(flags, slave,.*){2}");
              }
            });
  }

  private String listeners() {
    return cluster.primary().call(User.OPERATOR, "CLIENT", "LIST", "TYPE", "pubsub");
  }

  @Test
  void aPrimaryThatIsStoppedHandsOverFirst() throws Exception {
    Node primary = cluster.primary();
    try (Writer writer = started()) {
      primary.stopServer();

      assertAnother(primary, writer);
      assertThat(primary.output("stop-node")).contains("handed over to 127");
    }
    primary.startServer();
  }

  @Test
  void aReplicaThatIsStoppedChangesNothing() throws Exception {
    Node primary = cluster.primary();
    Node replica = other(primary);
    try (Writer writer = started()) {
      replica.stopServer();

      assertThat(cluster.primary()).isSameAs(primary);
      assertThat(writer.refused()).isEmpty();
      assertThat(writer.lost()).isEmpty();
    }
    replica.startServer();
  }

  @Test
  void theEndOfThePrimarysProcessIsSeenBesideIt() throws Exception {
    Node primary = cluster.primary();
    int before = primary.output(SENTINEL).length();
    try (Writer writer = started()) {
      primary.killServer();

      assertAnother(primary, writer);
      awaitLine(primary, before, "the primary in 127 has ended");
    }
    primary.startServer();
  }

  /** Of replicas that nobody may promote yet. Sentinels alone would try again after 4 s only. */
  @Test
  void aFailoverThatFoundNoReplicaIsBegunAgain() throws Exception {
    Node primary = cluster.primary();
    Node leader = other(primary);
    Node third = third(primary, leader);
    String led = "failover led by " + leader.address() + ": ";
    int before = leader.output(SENTINEL).length();
    forbid(leader, third);
    try (Writer writer = started()) {
      primary.close();
      awaitLine(leader, before, led + "NOGOODSLAVE");
      allow(leader, third);

      awaitLine(leader, before, led + "OK");
      primary.startSentinel();
      assertAnother(primary, writer);
    }
    primary.startServer();
  }

  /**
   * As when two Sentinels were candidates at the same time. Alone they would try again after 4 s.
   */
  @Test
  void anElectionThatNobodyWonIsHeldAgain() throws Exception {
    Node primary = cluster.primary();
    Node candidate = other(primary);
    Node voter = third(primary, candidate);
    int before = candidate.output(SENTINEL).length();
    // What it has voted in is no news to the candidate.
    assertThat(voter.sentinel("SENTINEL", "DEBUG", "PUBLISH-PERIOD", "600000")).isEqualTo("OK");
    try (Writer writer = started()) {
      assertThat(voteOf(voter, primary, epoch(candidate) + 1, "f".repeat(40))).contains("ffff");
      primary.freeze();

      awaitLine(candidate, before, "-failover-abort-not-elected");
      awaitLine(candidate, before, "failover led by " + candidate.address() + ": OK");
      awaitPromotion(primary);
      primary.thaw();
      assertAnother(primary, writer);
    } finally {
      primary.thaw();
      voter.sentinel("SENTINEL", "DEBUG", "PUBLISH-PERIOD", "1000");
    }
  }

  private String voteOf(Node voter, Node primary, int epoch, String leader) {
    return voter.sentinel(
        "SENTINEL",
        "IS-MASTER-DOWN-BY-ADDR",
        primary.address(),
        Integer.toString(cluster.port()),
        Integer.toString(epoch),
        leader);
  }

  /** Of the last election that its Sentinel knows of. */
  private static int epoch(Node node) throws IOException {
    String known = "sentinel current-epoch ";
    return node.file("data/sentinel/sentinel.conf")
        .lines()
        .filter(line -> line.startsWith(known))
        .mapToInt(line -> Integer.parseInt(line.substring(known.length())))
        .findFirst()
        .orElseThrow();
  }

  /** As on a machine so busy that the replicas' answers are late. */
  @Test
  void aSentinelThatWasElectedAndHeardOfNoReplicaLeadsAgain() throws Exception {
    Node primary = cluster.primary();
    Node one = other(primary);
    Node two = third(primary, one);
    Map<Node, Integer> before = lengths(SENTINEL);
    forbid(one, two);
    try (Writer writer = started()) {
      primary.freeze();
      awaitLine(before, "-failover-abort-no-good-slave");
      allow(one, two);

      awaitLine(before, "failover led by \\S+: OK");
      awaitPromotion(primary);
      primary.thaw();
      assertAnother(primary, writer);
    } finally {
      primary.thaw();
    }
  }

  /**
   * Until then a primary that comes back goes on, and what it writes is lost if the failover, which
   * has begun, does not wait for that.
   */
  private void awaitPromotion(Node primary) {
    await("promotion")
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(cluster.nodes()).anyMatch(it -> it != primary && it.isPrimary()));
  }

  /** No Sentinel of theirs promotes any of the two, and their pods cannot change that. */
  private void forbid(Node one, Node two) {
    may("-config|set", one, two);
    setPriority("0", one, two);
    await("that the Sentinels know it")
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(List.of(one, two))
                    .allSatisfy(
                        it ->
                            assertThat(replicas(it)).containsPattern("(slave-priority, 0.*){2}")));
  }

  private static void allow(Node... nodes) {
    setPriority("100", nodes);
    may("+config|set", nodes);
  }

  /** Changes what scripts may do that watch a pod's server. */
  private static void may(String rule, Node... nodes) {
    for (Node node : nodes) {
      assertThat(node.administer("ACL", "SETUSER", User.OPERATOR.text(), rule)).isEqualTo("OK");
    }
  }

  /** Of what a script has printed in each pod until now. */
  private Map<Node, Integer> lengths(String script) {
    return cluster.nodes().stream()
        .collect(toMap(node -> node, node -> node.output(script).length()));
  }

  /** A line that matches, in the log of one of their Sentinels, after so many characters. */
  private static void awaitLine(Map<Node, Integer> after, String pattern) {
    await(pattern)
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(after.entrySet())
                    .anySatisfy(
                        it ->
                            assertThat(it.getKey().output(SENTINEL).substring(it.getValue()))
                                .containsPattern(pattern)));
  }

  /** As with a full disk: the primary goes on sending to the replica that is not promoted. */
  @Test
  void theOtherReplicaOfALivingPrimaryNeedsNoFullSynchronisation() throws Exception {
    Node primary = cluster.primary();
    Node leader = other(primary);
    Map<Node, Integer> before = lengths("start-node");
    try (Writer writer = started()) {
      assertThat(leader.sentinel("SENTINEL", "FAILOVER", RealCluster.PRIMARY_NAME)).isEqualTo("OK");

      await("another primary")
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(cluster.primary()).isNotSameAs(primary));
      awaitProgress(writer);
    }
    Node replica = third(primary, cluster.primary());
    assertThat(replica.output("start-node").substring(before.getOrDefault(replica, 0)))
        .contains("accepted a Partial Resynchronization")
        .doesNotContain("Full resync from primary");
  }

  /** As after a connection whose error nobody reads. */
  @Test
  void aSentinelThatTurnsInACircleConnectsAgain() throws Exception {
    Node node = cluster.node(0);
    List<String> before = connections(node);

    Process reload = node.spawn("reload-sentinel", Map.of("BUSY", "0", "RELOAD_SECONDS", "0.2"));
    try {
      await("other connections")
          .atMost(PATIENCE)
          .untilAsserted(
              () -> assertThat(connections(node)).isNotEmpty().doesNotContainAnyElementsOf(before));
      await("what it says")
          .atMost(PATIENCE)
          .untilAsserted(
              () -> assertThat(node.output("reload-sentinel")).contains("connects again: OK, OK"));
    } finally {
      reload.descendants().forEach(ProcessHandle::destroyForcibly);
      reload.destroyForcibly().onExit().join();
    }
  }

  /** Of its Sentinel to its server: their ids. */
  private static List<String> connections(Node node) throws IOException {
    String name = "sentinel-" + sentinelId(node).substring(0, 8);
    return Pattern.compile("id=(\\d+) [^\\n]*name=" + name)
        .matcher(node.call(User.OPERATOR, "CLIENT", "LIST"))
        .results()
        .map(result -> result.group(1))
        .toList();
  }

  /** As one is that was cut off while another was promoted. */
  @Test
  void aSecondPrimaryBecomesAReplicaSoon() {
    Node primary = cluster.primary();
    Node second = other(primary);
    for (Node node : cluster.nodes()) {
      assertThat(node.sentinel("SENTINEL", "DEBUG"))
          .contains("PUBLISH-PERIOD, 1000", "TILT-PERIOD, 5000");
    }

    assertThat(second.call(User.SENTINEL, "SLAVEOF", "NO", "ONE")).isEqualTo("OK");

    await("one primary")
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(cluster.primary()).isSameAs(primary));
  }

  private static void setPriority(String priority, Node... nodes) {
    for (Node node : nodes) {
      assertThat(node.administer("CONFIG", "SET", "replica-priority", priority)).isEqualTo("OK");
    }
  }

  @Test
  void theEndOfThePrimarysPodIsSeenByTheOthers() throws Exception {
    Node primary = cluster.primary();
    Node leader = other(primary);
    Node third = third(primary, leader);
    int led = leader.output(SENTINEL).length();
    int voted = third.output(SENTINEL).length();
    try (Writer writer = started()) {
      primary.close();

      awaitLine(leader, led, "failover led by " + leader.address() + ": OK");
      awaitLine(third, voted, "+vote-for-leader " + sentinelId(leader));
      primary.startSentinel();
      assertAnother(primary, writer);
    }
    primary.startServer();
  }

  /** Its server goes on, so that nobody sees an end. */
  @Test
  void aPrimaryThatIsDeletedByForceTellsTheOthersBeforeItEnds() throws Exception {
    Node primary = cluster.primary();
    Node leader = other(primary);
    int before = leader.output(SENTINEL).length();
    try (Writer writer = started()) {
      primary.partFromOthers().waitFor();

      awaitLine(leader, before, "has ended, as it told");
      awaitLine(leader, before, "failover led by " + leader.address() + ": OK");
      assertAnother(primary, writer);
    }
    primary.stopServer();
    primary.startServer();
  }

  /** No pod is left to replace it, and new ones take seconds to begin. */
  @Test
  void aStoreWhosePodsAreAllDeletedByForceServesUntilTheyEnd() throws Exception {
    Node primary = cluster.primary();
    try (Writer writer = started()) {
      for (Node node : cluster.nodes()) {
        node.spawn("stop-sentinel", Map.of());
      }
      await("that nobody listens")
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(listeners()).doesNotContain("name=watcher-"));
      List<Process> leaving = new ArrayList<>();
      for (Node node : cluster.nodes()) {
        leaving.add(node.partFromOthers());
      }

      await("that it knows")
          .atMost(PATIENCE)
          .untilAsserted(() -> assertThat(primary.output("stop-node")).contains("all pods leave"));
      awaitProgress(writer);
      assertThat(writer.refused()).isEmpty();

      for (Process script : leaving) {
        script.waitFor();
      }
      for (Node node : cluster.nodes()) {
        node.endServer();
        node.close();
      }
      for (Node node : cluster.nodes()) {
        node.startSentinel();
        node.startServer();
      }
      awaitHealth();
      assertThat(writer.lost()).isEmpty();
    }
  }

  @Test
  void aPrimaryThatIsToldToEndTooSoonTellsTheOthersFirst() throws Exception {
    Node primary = cluster.primary();
    int before = primary.output("start-node").length();
    try (Writer writer = started()) {
      primary.stopServerTooSoon();

      assertAnother(primary, writer);
      assertThat(primary.output("start-node").substring(before)).contains("some were told");
    }
    primary.startServer();
  }

  /** As with a disk that is full: the check of the proxy sees it later than the clients. */
  @Test
  void clientsNeverSeeARefusal() throws Exception {
    Node primary = cluster.primary();
    try (Client client = client()) {
      assertThat(primary.call(User.OPERATOR, "CONFIG", "SET", "min-replicas-to-write", "3"))
          .isEqualTo("OK");
      assertThatThrownBy(() -> client.call("SET", "thv:refused", "1", "EX", "100"))
          .isInstanceOf(IOException.class);
    } finally {
      primary.call(User.OPERATOR, "CONFIG", "SET", "min-replicas-to-write", "1");
    }
    try (Client client = client()) {
      assertThat(client.call("SET", "thv:taken", "1", "EX", "100")).isEqualTo("OK");
      assertThat(client.call("FLUSHALL")).as("what is no refusal").startsWith("NOPERM");
      assertThat(client.call("GET", "thv:taken")).isEqualTo("1");
    }
  }

  /** A pod that is made again at once: its name is never gone, and has another address. */
  @Test
  void aPodIsFoundAtItsNewAddress(@TempDir Path directory) throws Exception {
    try (RealNames names = RealNames.start(NOBODY);
        RealProxy resolving = RealProxy.start(directory, names, cluster.port(), RealProxy.GRACE)) {
      await("the old address is known").atMost(PATIENCE).until(() -> names.given() > 1);

      names.move(cluster.primary().address());

      await("a primary at its new address")
          .atMost(Duration.ofSeconds(20))
          .ignoreExceptions()
          .untilAsserted(
              () -> {
                try (Client client = resolving.connect()) {
                  assertThat(client.call("AUTH", User.DEFAULT.text())).isEqualTo("OK");
                }
              });
    }
  }

  /** As network policies have it of a pod that is deleted by force. */
  @Test
  void aServerThatTakesNoNewConnectionsKeepsItsClientsForAMoment(@TempDir Path directory)
      throws Exception {
    try (RealNames names = RealNames.start(cluster.primary().address());
        RealProxy patient =
            RealProxy.start(directory.resolve("patient"), names, cluster.port(), PATIENCE);
        RealProxy usual =
            RealProxy.start(directory.resolve("usual"), names, cluster.port(), RealProxy.GRACE);
        Client stays = loggedIn(patient);
        Client leaves = loggedIn(usual)) {
      names.move(NOBODY);

      await("a check that cannot connect").atMost(PATIENCE).until(() -> patient.found("L4CON"));
      assertThat(isHeld(patient)).as("a new client is held").isTrue();
      assertThat(stays.call("PING")).isEqualTo("PONG");
      await("the end of the client's connection")
          .atMost(PATIENCE)
          .untilAsserted(
              () -> assertThatThrownBy(() -> leaves.call("PING")).isInstanceOf(IOException.class));
    }
  }

  private static Client loggedIn(RealProxy proxy) throws IOException {
    Client client = proxy.connect();
    assertThat(client.call("AUTH", User.DEFAULT.text())).isEqualTo("OK");
    return client;
  }

  private static boolean isHeld(RealProxy proxy) throws IOException {
    try (Client client = proxy.connect()) {
      client.patience(Duration.ofMillis(500));
      client.call("AUTH", User.DEFAULT.text());
      return false;
    } catch (SocketTimeoutException held) {
      return true;
    }
  }

  @Test
  void theObserverEndsWithNewsOnly() throws Exception {
    Node primary = cluster.primary();
    assertThat(observe(Map.of())).isEqualTo(WELL);

    Process observer = other(primary).spawn("observe", observing(Map.of("REPORT", WELL)));
    Writer writer = started();
    writer.close();
    assertThat(observer.isAlive()).isTrue();
    primary.call(User.OPERATOR, "CONFIG", "SET", "min-replicas-to-write", "0");
    try {
      assertThat(observer.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
      assertThat(other(primary).file("dev/termination-log"))
          .isEqualTo("primary=127 writes=no quorum=yes");
    } finally {
      primary.call(User.OPERATOR, "CONFIG", "SET", "min-replicas-to-write", "1");
    }
    assertThat(observe(Map.of("REPORT", "primary=127 writes=no quorum=yes"))).isEqualTo(WELL);
  }

  private String observe(Map<String, String> environment) throws Exception {
    Node node = cluster.node(0);
    Process observer = node.spawn("observe", observing(environment));
    assertThat(observer.waitFor(PATIENCE.toSeconds(), TimeUnit.SECONDS)).isTrue();
    return node.file("dev/termination-log");
  }

  private static Map<String, String> observing(Map<String, String> environment) {
    return environment.isEmpty()
        ? Map.of("LOOK_SECONDS", "0.1")
        : Map.of("LOOK_SECONDS", "0.1", "REPORT", environment.getOrDefault("REPORT", ""));
  }

  private Node other(Node node) {
    return cluster.nodes().stream().filter(each -> each != node).findFirst().orElseThrow();
  }

  private Node third(Node one, Node other) {
    return cluster.nodes().stream()
        .filter(each -> each != one && each != other)
        .findFirst()
        .orElseThrow();
  }

  private static String replicas(Node node) {
    return node.sentinel("SENTINEL", "REPLICAS", RealCluster.PRIMARY_NAME);
  }

  /** A line of its Sentinel's log, or of what runs beside it, after so many characters. */
  private static void awaitLine(Node node, int after, String line) {
    awaitLine(Map.of(node, after), Pattern.quote(line));
  }

  private static String sentinelId(Node node) throws IOException {
    String log = node.output(SENTINEL);
    String before = "Sentinel ID is ";
    int start = log.lastIndexOf(before) + before.length();
    return log.substring(start, start + 40);
  }

  private Client client() throws IOException {
    Client client = proxy.connect();
    assertThat(client.call("AUTH", User.DEFAULT.text())).isEqualTo("OK");
    return client;
  }

  private Writer started() {
    Writer writer = Writer.start(proxy);
    awaitProgress(writer);
    return writer;
  }

  private static void awaitProgress(Writer writer) {
    int before = writer.count();
    await("writes").atMost(PATIENCE).until(() -> writer.count() > before + 100);
  }

  private void assertAnother(Node before, Writer writer) throws IOException {
    await("another primary")
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(cluster.primary()).isNotSameAs(before));
    awaitProgress(writer);
    assertThat(writer.refused()).isEmpty();
    assertThat(writer.lost()).isEmpty();
  }
}
