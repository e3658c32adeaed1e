package io.sessionstorage.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.Pod;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * Passwords that are replaced while clients write all the time: alone, as that is a load on the
 * machine.
 */
@ResourceLock(Installation.LOCK)
@TestInstance(Lifecycle.PER_CLASS)
class RotationIT {
  /** A changed Secret reaches a pod within 90 s, and each step waits for that. */
  private static final Duration STEP = Duration.ofMinutes(4);

  private static final String CREDENTIALS =
      "credentials: {rotation: {overlap: 2m}, rotateAt: \"%s\"}}";

  @AutoClose private final TestNamespace namespace = namespace();

  /** Not the common pool, which the client needs. */
  @AutoClose private final ExecutorService threads = Executors.newVirtualThreadPerTaskExecutor();

  private static TestNamespace namespace() {
    Installation.NAMESPACED.require();
    return new TestNamespace("rotation");
  }

  @Test
  void clientsDoNotNoticeThatPasswordsAreReplaced() {
    Stream.of("small", "medium")
        .map(
            size ->
                CompletableFuture.runAsync(
                    () -> rotate(size, "{size: " + size + ", " + CREDENTIALS, false), threads))
        .toList()
        .forEach(CompletableFuture::join);
  }

  @Test
  void clientsDoNotNoticeItBesideTheLossOfPods() {
    rotate(
        "large",
        "{size: large, tls: {enabled: true}, resources: {cpu: 50m, memory: 256Mi}, " + CREDENTIALS,
        true);
  }

  private void rotate(String name, String spec, boolean disturbed) {
    Store store = namespace.store(name).apply(spec.formatted("at the beginning")).awaitReady();
    Consumer before = Consumer.of(store, name + "-before", Consumer.PROXY).awaitConnected();
    assertThat(store.status("credentials", "phase")).isEqualTo("Current");
    final String made = store.status("credentials", "lastRotated");
    final Map<String, Integer> restarts = restarts(store);
    final String old = store.connection("password");
    Load.begin(before, name + "-old");
    before.shell(
        Consumer.TLS
            + "(while sleep 1; do echo PING; done | valkey-cli $TLS -h \"$HOST\" -p \"$PORT\") >/dev/shm/connected 2>&1 </dev/null &");

    store.apply(spec.formatted("now"));
    awaitPhase(store, "Adding");
    if (disturbed) {
      Cluster.CLIENT.resource(store.primary()).delete();
    }
    awaitPhase(store, "Switching");
    assertThat(store.connection("password")).isEqualTo(old);
    if (disturbed) {
      // The second loss is not to come before the first one is over.
      await("two replicas")
          .atMost(STEP)
          .ignoreExceptions()
          .untilAsserted(store::assertTwoReplicasKeepUp);
      Cluster.CLIENT.resource(store.replica()).withGracePeriod(0).delete();
      FunctionPods.all().forEach(pod -> Cluster.CLIENT.resource(pod).delete());
    }
    awaitPhase(store, "Overlap");
    await("new password")
        .untilAsserted(() -> assertThat(store.connection("password")).isNotEqualTo(old));
    assertThat(before.ask("PING")).isEqualTo("PONG");
    assertThat(store.status("credentials", "lastRotated")).isGreaterThan(made);
    store.awaitCondition(
        "CredentialsCurrent",
        "True Overlap Secret %s-connection has a new password".formatted(name),
        store.status("credentials", "oldAcceptedUntil"));
    Consumer after = Consumer.of(store, name + "-after", Consumer.PROXY).awaitConnected();
    Load.begin(after, name + "-new");
    Load.end(before, name + "-old").assertUnnoticed();
    // A failover closes connections, the replacement of a password none.
    assertThat(before.shell((disturbed ? "tail -n 1" : "sort -u") + " /dev/shm/connected").text())
        .isEqualTo("PONG");

    awaitPhase(store, "Removing");
    awaitPhase(store, "Current");
    Instant until = Instant.parse(store.status("credentials", "oldAcceptedUntil"));
    assertThat(until).isBefore(Instant.now());
    store.awaitCondition("CredentialsCurrent", "True", "Older ones are refused since " + until);
    assertThat(before.ask("PING")).contains("WRONGPASS");
    await("the connection that was there")
        .untilAsserted(
            () ->
                assertThat(before.shell("tail -n 1 /dev/shm/connected").text())
                    .doesNotContain("PONG"));
    assertThat(after.ask("PING")).isEqualTo("PONG");
    Load.end(after, name + "-new").assertUnnoticed();

    store.awaitReady();
    if (!disturbed) {
      assertThat(restarts(store)).isEqualTo(restarts);
      awaitEvents(store);
    }
    await("end of what proved it")
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(
            () -> assertThat(store.composed()).noneMatch(object -> object.contains("-rotation")));
  }

  /** Of a store that had much to tell in short time, Kubernetes drops some. */
  private static void awaitEvents(Store store) {
    await("events of " + store)
        .untilAsserted(
            () ->
                assertThat(events(store))
                    .contains(
                        "RotationStarted",
                        "RotationSwitching",
                        "ConnectionSecretChanged",
                        "RotationRemoving",
                        "RotationComplete"));
  }

  private static void awaitPhase(Store store, String phase) {
    await("%s of %s".formatted(phase, store))
        .atMost(STEP)
        .untilAsserted(
            () ->
                assertThat(store.status("credentials", "phase"))
                    .as("%s", store.get())
                    .isEqualTo(phase));
    System.out.printf("%s %s %s%n", Instant.now(), store, phase);
  }

  /** How often each container was restarted, by pod. */
  private static Map<String, Integer> restarts(Store store) {
    return store.pods().stream()
        .filter(pod -> !pod.getMetadata().getName().contains("-rotation-"))
        .collect(Collectors.toMap(pod -> pod.getMetadata().getUid(), RotationIT::restarts));
  }

  private static int restarts(Pod pod) {
    return pod.getStatus().getContainerStatuses().stream()
        .mapToInt(status -> status.getRestartCount())
        .sum();
  }

  private static List<String> events(Store store) {
    return Cluster.CLIENT
        .v1()
        .events()
        .inNamespace(store.namespace())
        .withField("involvedObject.name", store.name())
        .list()
        .getItems()
        .stream()
        .map(Event::getReason)
        .toList();
  }
}
