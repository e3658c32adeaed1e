package io.sessionstorage.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Duration;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Tag;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Size large, while nodes and names go away, which everybody on the cluster notices: alone, and
 * only if it is asked for ({@code -De2e.without=}).
 */
@Tag("node-faults")
@ResourceLock(Installation.LOCK)
@TestInstance(Lifecycle.PER_CLASS)
class NodeLossIT {
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String SPEC =
      "{size: large, resources: {cpu: 50m, memory: 256Mi}, storage: {size: %s}, network: {allowedNamespaces: [%s]}}";

  @AutoClose private final TestNamespace namespace = namespace();
  private final Store large = namespace.store("nodes");
  private Consumer proxy;

  private static TestNamespace namespace() {
    Installation.NAMESPACED.require();
    return new TestNamespace("nodes");
  }

  @BeforeAll
  void aLargeStoreIsInUse() {
    large.apply(SPEC.formatted("2Gi", "")).awaitReady();
    proxy = Consumer.of(large, "proxy", Consumer.PROXY).awaitConnected();
  }

  @BeforeEach
  void everyNodeIsReady() {
    large.awaitReady();
    await("every node")
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(large.status("replicas", "ready")).isEqualTo("3"));
  }

  @Test
  void clientsDoNotNoticeThatTheNodeOfThePrimaryIsDrained() {
    Pod primary = awayFromTheClient();
    Map<String, String> node = Map.of("NODE", primary.getSpec().getNodeName());
    CompletableFuture<Load> load = Load.start(proxy, 30, "drained");
    try {
      Shell.run(
          """
          kubectl drain "$NODE" --ignore-daemonsets --delete-emptydir-data --timeout=120s \
            --pod-selector app.kubernetes.io/part-of=toolhive,app.kubernetes.io/instance=nodes
          """,
          node);

      load.join().assertUnnoticed();
    } finally {
      Shell.run("kubectl uncordon \"$NODE\"", node);
    }
    large.awaitPrimaryOtherThan(primary);
  }

  /** A client that needs a name server to connect again fails as long as that one is away. */
  @Test
  void clientsOfOtherNodesOutliveTheNetworkOfThePrimarysNode() {
    Pod primary = awayFromTheClient();
    CompletableFuture<Load> load = Load.start(proxy, 30, "node");
    NodeProcesses.cutOffNode(primary, 10);

    load.join().assertFailedAtMost(namesAreOn(primary.getSpec().getNodeName()) ? 5 : 0);
    large.awaitPrimaryOtherThan(primary);
  }

  private static boolean namesAreOn(String node) {
    return Cluster.CLIENT
        .pods()
        .inNamespace("kube-system")
        .withLabel("k8s-app", "kube-dns")
        .list()
        .getItems()
        .stream()
        .anyMatch(pod -> node.equals(pod.getSpec().getNodeName()));
  }

  @Test
  void clientsThatAreConnectedDoNotNoticeThatNamesAreAway() {
    String primary = name(large.primary());
    int wanted = 150;
    CompletableFuture<String> replies =
        CompletableFuture.supplyAsync(
            () ->
                proxy
                    .shell(
                        """
                        for i in $(seq "$1"); do echo "SET thv:names:$i $i EX 7200"; sleep 0.2; done |
                          valkey-cli -h "$HOST" -p "$PORT" | grep -cx OK
                        """,
                        Integer.toString(wanted))
                    .text());
    Shell.run(
        """
        dns="kubectl -n kube-system"
        count=$($dns get deployment coredns -o 'jsonpath={.spec.replicas}')
        trap '$dns scale deployment coredns --replicas="$count" && $dns rollout status deployment coredns --timeout=2m' EXIT
        $dns scale deployment coredns --replicas=0
        $dns wait pod -l k8s-app=kube-dns --for=delete --timeout=60s
        sleep 10
        """,
        Map.of());

    assertThat(replies.join()).isEqualTo(Integer.toString(wanted));
    assertThat(name(large.primary())).isEqualTo(primary);
  }

  @Test
  void clientsDoNotNoticeThatVolumesGrowAndNetworksAreLetIn() {
    Map<String, String> pods = uids();
    CompletableFuture<Load> load = Load.start(proxy, 15, "live");
    large.apply(SPEC.formatted("3Gi", "elsewhere"));

    await("three larger volumes")
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(
                        Cluster.CLIENT
                            .persistentVolumeClaims()
                            .inNamespace(large.namespace())
                            .list()
                            .getItems())
                    .extracting(
                        claim -> claim.getSpec().getResources().getRequests().get("storage"))
                    .containsExactly(
                        new Quantity("3Gi"), new Quantity("3Gi"), new Quantity("3Gi")));
    await("the other namespace")
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(large.allowedNamespaces()).contains("elsewhere"));
    load.join().assertUnnoticed();
    assertThat(uids()).isEqualTo(pods);
  }

  /** The primary's pod, on another node than the client. */
  private Pod awayFromTheClient() {
    String node =
        Cluster.CLIENT
            .pods()
            .inNamespace(large.namespace())
            .withName("proxy")
            .get()
            .getSpec()
            .getNodeName();
    Pod primary = large.primary();
    if (primary.getSpec().getNodeName().equals(node)) {
      Cluster.CLIENT.resource(primary).delete();
      await("another primary")
          .atMost(PATIENCE)
          .ignoreExceptions()
          .untilAsserted(
              () -> assertThat(large.primary().getSpec().getNodeName()).isNotEqualTo(node));
      everyNodeIsReady();
    }
    return large.primary();
  }

  private Map<String, String> uids() {
    return large.pods().stream()
        .map(Pod::getMetadata)
        .filter(pod -> !pod.getName().contains("-observer-"))
        .collect(Collectors.toMap(ObjectMeta::getName, ObjectMeta::getUid));
  }

  private static String name(Pod pod) {
    return pod.getMetadata().getName();
  }
}
