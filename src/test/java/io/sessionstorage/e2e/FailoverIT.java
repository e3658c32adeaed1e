package io.sessionstorage.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.PersistentVolumeSpec;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.readiness.Readiness;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.stream.Collectors;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.parallel.ResourceLock;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** Size large: what clients see while nodes come and go. */
@ResourceLock(Installation.LOCK) // alone, because the patience of a client is counted
@TestInstance(Lifecycle.PER_CLASS)
class FailoverIT {
  private static final int SECONDS = 20;
  private static final Duration PATIENCE = Duration.ofMinutes(3);
  private static final String OLD_IMAGE = "docker.io/valkey/valkey:9.1.2-alpine";
  private static final Map<String, ?> VALKEY = Map.of("9.0", OLD_IMAGE);
  private static final String OTHER_HAPROXY = "docker.io/library/haproxy:3.2-alpine";

  @AutoClose private final TestNamespace namespace = namespace();

  /** Its version 9.0 is an image that differs from that of 9.1 and that the cluster has. */
  @AutoClose
  private final OwnComposition composition =
      OwnComposition.of(namespace.name(), Map.of("valkey", VALKEY));

  private final Store large = namespace.store("large");
  private Consumer proxy;

  private static TestNamespace namespace() {
    Installation.NAMESPACED.require();
    return new TestNamespace("failover");
  }

  /** What may happen to a primary, and how many operations it may cost one client at most. */
  enum Loss {
    DELETION(0, 20) {
      @Override
      void strike(Pod primary) {
        Cluster.CLIENT.resource(primary).delete();
      }
    },
    END_OF_THE_PROCESS(0, 20) {
      @Override
      void strike(Pod primary) {
        NodeProcesses.killServer(primary);
      }
    },
    // From here on the Sentinels have to notice it, which on a busy machine may take longer than a
    // client waits.
    DELETION_BY_FORCE(1, 20) {
      @Override
      void strike(Pod primary) {
        Cluster.CLIENT.resource(primary).withGracePeriod(0).delete();
      }
    },
    STANDSTILL_FOR_20_SECONDS(1, 40) {
      @Override
      void strike(Pod primary) {
        NodeProcesses.suspend(primary, "valkey-server", 20);
      }
    },
    LOSS_OF_ITS_NETWORK(1, 30) {
      @Override
      void strike(Pod primary) {
        NodeProcesses.cutOff(primary, 10);
      }
    };

    private final int failures;
    private final int seconds;

    Loss(int failures, int seconds) {
      this.failures = failures;
      this.seconds = seconds;
    }

    abstract void strike(Pod primary);
  }

  @BeforeAll
  void aLargeStoreIsInUse() {
    large.apply(spec("version: '9.0'")).awaitReady();
    proxy = Consumer.of(large, "proxy", Consumer.PROXY).awaitConnected();
  }

  /** The store's spec, with more fields. */
  private String spec(String more) {
    return spec("256Mi", more);
  }

  private String spec(String memory, String more) {
    return "{crossplane: {compositionRef: {name: %s}}, size: large, resources: {cpu: 50m, memory: %s}, %s}"
        .formatted(composition.name(), memory, more);
  }

  @BeforeEach
  void everyNodeIsReadyAndOneIsThePrimary() {
    large.awaitReady();
    await("every node")
        .untilAsserted(() -> assertThat(large.status("replicas", "ready")).isEqualTo("3"));
    awaitOnePrimary();
  }

  /** A former primary may call itself one until a Sentinel has told it better. */
  private void awaitOnePrimary() {
    await("one primary")
        .atMost(PATIENCE)
        .ignoreExceptions()
        .untilAsserted(() -> assertThat(large.primary()).isNotNull());
  }

  @Test
  void hasThreeNodesThreeProxiesAndAnObserver() {
    assertThat(large.pods()).hasSize(7);
    assertThat(large.status("replicas", "wanted")).isEqualTo("3");
    assertThat(large.primary().getSpec().getServiceAccountName()).isEqualTo("large");
    assertThat(proxy.ask("FLUSHALL")).startsWith("NOPERM");
    large.awaitCondition(
        "PersistenceHealthy", "True VolumeBound Sessions are written to 3 volumes");
  }

  @Test
  void clientsFindThePrimaryThroughSentinel() {
    String primary =
        proxy
            .shell(
                "valkey-cli -h \"$1\" -p 26379 SENTINEL GET-PRIMARY-ADDR-BY-NAME \"$2\"",
                "large-sentinel",
                "large." + namespace.name())
            .text();

    assertThat(primary).startsWith(large.primary().getMetadata().getName() + ".large-headless.");
  }

  @ParameterizedTest
  @EnumSource
  void clientsOutliveALossOfThePrimary(Loss loss) {
    Pod primary = large.primary();
    CompletableFuture<Load> load = Load.start(proxy, loss.seconds, loss.name());
    loss.strike(primary);

    load.join().assertFailedAtMost(loss.failures);
    large.awaitPrimaryOtherThan(primary);
    await("its name in the status")
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(large.status("primary")).isEqualTo(name(large.primary())));
  }

  /** A disk that can be filled takes the place of the first pod's volume, and it is promoted. */
  @Test
  void clientsOutliveAFullDiskOfThePrimary() {
    Pod first = large.pod();
    if (name(large.primary()).equals(name(first))) {
      first = replace(first);
    }
    String directory = volume(first);
    NodeProcesses.mountSmallDisk(first, directory);
    try {
      first = replace(first);
      // It hands over to the first of the others.
      replace(large.primary());
      assertThat(name(large.primary())).isEqualTo(name(first));

      CompletableFuture<Load> load = Load.start(proxy, 40, "disk");
      String[] fill = {"dd", "if=/dev/zero", "of=/data/fill", "bs=64k"};
      assertThat(Pods.exec(large.namespace(), name(first), "valkey", fill).text())
          .contains("No space left on device");
      large.awaitPrimaryOtherThan(first);
      assertThat(Pods.exec(large.namespace(), name(first), "valkey", "rm", "/data/fill").text())
          .isEmpty();

      load.join().assertFailedAtMost(1);
    } finally {
      NodeProcesses.unmountSmallDisk(first, directory);
      replace(large.pod());
    }
  }

  /** The directory on its node. */
  private static String volume(Pod pod) {
    String claim = "data-" + name(pod);
    String volume =
        Cluster.CLIENT
            .persistentVolumeClaims()
            .inNamespace(pod.getMetadata().getNamespace())
            .withName(claim)
            .get()
            .getSpec()
            .getVolumeName();
    PersistentVolumeSpec spec = Cluster.CLIENT.persistentVolumes().withName(volume).get().getSpec();
    return spec.getLocal() != null ? spec.getLocal().getPath() : spec.getHostPath().getPath();
  }

  /** Deletes it, and waits until its successor and every replica keep up with a primary. */
  private Pod replace(Pod pod) {
    Cluster.CLIENT.resource(pod).delete();
    await("another " + name(pod))
        .atMost(PATIENCE)
        .ignoreExceptions()
        .untilAsserted(
            () -> {
              assertThat(uids().get(name(pod)))
                  .isNotNull()
                  .isNotEqualTo(pod.getMetadata().getUid());
              large.assertTwoReplicasKeepUp();
              assertThat(large.primary()).isNotNull();
            });
    return large.nodes().stream()
        .filter(node -> name(node).equals(name(pod)))
        .findFirst()
        .orElseThrow();
  }

  private static String name(Pod pod) {
    return pod.getMetadata().getName();
  }

  @Test
  void lossAndReturnOfTheQuorumAreToldWhileClientsGoOn() {
    String primary = name(large.primary());
    List<Pod> replicas = large.nodes().stream().filter(pod -> !name(pod).equals(primary)).toList();
    Load.begin(proxy, "quorum");
    replicas.forEach(pod -> NodeProcesses.stop(pod, "valkey-sentinel"));
    try {
      await("loss of the quorum")
          .atMost(PATIENCE)
          .untilAsserted(
              () ->
                  assertThat(large.condition("PrimaryAvailable"))
                      .startsWith("True QuorumLost Consumers can use the store, but too few"));
    } finally {
      replicas.forEach(pod -> NodeProcesses.resume(pod, "valkey-sentinel"));
    }
    large.awaitReady();

    Load.end(proxy, "quorum").assertUnnoticed();
    large.awaitCondition("PrimaryAvailable", "True Available");
    assertThat(name(large.primary())).isEqualTo(primary);
  }

  @Test
  void clientsDoNotNoticeAnotherPolicyNorMoreMemoryAndANewVersionWhichReachesThePrimaryLast() {
    Map<String, String> pods = uids();
    large.apply(spec("version: '9.0', evictionPolicy: noeviction"));
    await("the policy on every node")
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(large.everyOperator("CONFIG", "GET", "maxmemory-policy"))
                    .allMatch(reply -> reply.endsWith("noeviction")));
    assertThat(uids()).isEqualTo(pods);

    CompletableFuture<Load> load = Load.start(proxy, 90, "version");
    List<String> memory = large.everyOperator("CONFIG", "GET", "maxmemory");
    large.apply(spec("288Mi", "version: '9.1', evictionPolicy: noeviction"));
    List<String> tooEarly = new ArrayList<>();
    await("the new version on every node")
        .atMost(Duration.ofMinutes(4))
        .until(
            () -> {
              List<Pod> primaries = large.primaries();
              List<Pod> old =
                  large.nodes().stream().filter(pod -> !isLeaving(pod) && isOld(pod)).toList();
              primaries.stream()
                  .filter(pod -> !isOld(pod) && !old.isEmpty())
                  .forEach(pod -> tooEarly.add(name(pod)));
              return old.isEmpty();
            });
    large.awaitReady();

    load.join().assertUnnoticed();
    assertThat(tooEarly).as("primaries of the new version beside nodes of the old").isEmpty();
    assertThat(large.status("version")).isEqualTo("9.1");
    assertThat(large.everyOperator("CONFIG", "GET", "maxmemory"))
        .doesNotContainAnyElementsOf(memory);
    assertThat(large.everyOperator("CONFIG", "GET", "maxmemory-policy"))
        .allMatch(reply -> reply.endsWith("noeviction"));
  }

  private Map<String, String> uids() {
    return large.nodes().stream()
        .collect(Collectors.toMap(FailoverIT::name, pod -> pod.getMetadata().getUid()));
  }

  private static boolean isLeaving(Pod pod) {
    return pod.getMetadata().getDeletionTimestamp() != null;
  }

  private static boolean isOld(Pod pod) {
    return pod.getSpec().getContainers().stream()
        .anyMatch(container -> container.getImage().equals(OLD_IMAGE));
  }

  @Test
  void sessionsOutliveTheEndOfAllProxies() {
    CompletableFuture<Load> load = Load.start(proxy, SECONDS, "proxies");
    proxies().parallelStream().forEach(pod -> NodeProcesses.kill(pod, "haproxy"));

    assertThat(load.join().lost()).isZero();
    proxy.awaitConnected();
  }

  @Test
  void clientsDoNotNoticeThatTheNodeOfThePrimaryIsDrained() {
    Pod primary = large.primary();
    CompletableFuture<Load> load = Load.start(proxy, SECONDS, "drain");
    Cluster.CLIENT.pods().inNamespace(large.namespace()).withName(name(primary)).evict();

    load.join().assertUnnoticed();
    assertThat(name(large.primary())).isNotEqualTo(name(primary));
  }

  @Test
  void clientsDoNotNoticeAReplicaThatLagsBehind() {
    String primary = name(large.primary());
    Pod replica = large.replica();
    CompletableFuture<Load> load = Load.start(proxy, SECONDS, "lag");
    NodeProcesses.suspend(replica, "valkey-server", 8);

    load.join().assertUnnoticed();
    assertThat(name(large.primary())).isEqualTo(primary);
  }

  @Test
  void clientsDoNotNoticeThatAProxyIsDeleted() {
    Pod gone = proxies().getFirst();
    CompletableFuture<Load> load = Load.start(proxy, SECONDS, "proxy");
    Cluster.CLIENT.resource(gone).delete();

    load.join().assertUnnoticed();
  }

  @Test
  void clientsDoNotNoticeThatHaproxyIsReplaced() {
    Load.begin(proxy, "haproxy");
    composition.use(Map.of("valkey", VALKEY, "haproxy", OTHER_HAPROXY));
    await("three other proxies")
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(proxies())
                    .hasSize(3)
                    .allMatch(
                        pod -> image(pod).equals(OTHER_HAPROXY) && Readiness.isPodReady(pod)));

    Load.end(proxy, "haproxy").assertUnnoticed();
  }

  private List<Pod> proxies() {
    return large.pods().stream().filter(pod -> name(pod).startsWith("large-haproxy-")).toList();
  }

  private static String image(Pod pod) {
    return pod.getSpec().getContainers().getFirst().getImage();
  }

  @Test
  void sessionsOutliveTheLossOfAllPodsAtOnce() {
    assertThat(proxy.ask("SET", "thv:kept", "{}", "EX", "7200")).isEqualTo("OK");
    await("written")
        .atMost(Duration.ofSeconds(20))
        .until(() -> large.operator("INFO", "persistence").text().contains("aof_buffer_length:0"));
    Cluster.CLIENT
        .pods()
        .inNamespace(large.namespace())
        .withLabel("app.kubernetes.io/component", "valkey")
        .withGracePeriod(0)
        .delete();

    await("the session")
        .atMost(Duration.ofMinutes(2))
        .untilAsserted(() -> assertThat(proxy.ask("GET", "thv:kept")).isEqualTo("{}"));
    awaitOnePrimary();
  }

  @Test
  void aSuspendedStoreComesBackWithItsSessions() {
    assertThat(proxy.ask("SET", "thv:asleep", "{}", "EX", "7200")).isEqualTo("OK");
    String version = "version: '" + large.status("version") + "'";
    large.apply(spec(version + ", suspend: true"));
    large.awaitPhase("Suspended");
    large.apply(spec(version + ", suspend: false")).awaitReady();

    proxy.awaitConnected();
    assertThat(proxy.ask("GET", "thv:asleep")).isEqualTo("{}");
  }
}
