package io.sessionstorage.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Quantity;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/**
 * What a user reads when something is wrong, and that it can be mended; changes of a store that
 * runs.
 */
@ResourceLock(value = Installation.LOCK, mode = ResourceAccessMode.READ)
@TestInstance(Lifecycle.PER_CLASS)
class TroubleIT {
  private static final String HOGS =
      """
      for i in 1 2 3 4 5 6 7 8 9 10 11 12; do
        (x=$(head -c 5000000 /dev/zero | tr '\\0' x) && sleep 20 && echo ${#x}) >/dev/null &
      done
      wait
      """;

  /** A server that is stopped afterwards does not mend it, as it only appends. */
  private static final String SPOIL =
      "for file in /data/appendonlydir/*.incr.aof; do echo nonsense >>$file; done";

  @AutoClose private final TestNamespace namespace = namespace();

  private static TestNamespace namespace() {
    Installation.NAMESPACED.require();
    return new TestNamespace("trouble");
  }

  @Test
  void anImageThatCannotBePulledIsNamedAndAnotherVersionMendsIt() {
    Store store = namespace.store("image");
    // Of all its versions, the cluster's registry has the newest only.
    store.apply("{size: small, resources: {memory: 64Mi}, version: '8.1'}");
    store.awaitMessage("Image docker.io/valkey/valkey:8.1", "cannot be pulled");
    store.awaitPhase("Failed");
    store.awaitCondition("Ready", "False");

    store.apply("{size: small, resources: {memory: 64Mi}, version: '9.1'}").awaitReady();
  }

  @Test
  void aStorageClassThatIsNotThereIsNamed() {
    Store store = namespace.store("class").apply("{size: medium, storage: {className: fastest}}");

    store.awaitMessage("no StorageClass fastest", "kubectl get storageclass");
    store.awaitCondition("PersistenceHealthy", "False VolumePending");
  }

  @Test
  void aServerThatWasKilledForItsMemoryIsNamed() {
    Store store =
        namespace.store("hungry").apply("{size: small, resources: {memory: 64Mi}}").awaitReady();

    // The kernel ends the largest process of the container that asks for too much.
    Pods.exec(store.namespace(), "hungry-0", "valkey", "sh", "-c", HOGS);

    store.awaitMessage(
        "hungry-0 was killed", "memory limit of 64Mi", "raise spec.resources.memory");
  }

  @Test
  void aServerThatCannotStartIsNamedWithTheWayToItsLog() {
    Store store = namespace.store("broken").apply("{size: medium}").awaitReady();
    Pods.exec(store.namespace(), "broken-0", "valkey", "sh", "-c", SPOIL);

    Cluster.CLIENT.pods().inNamespace(store.namespace()).withName("broken-0").delete();

    store.awaitMessage("keeps stopping with exit code", "kubectl logs", "broken-0");
    store.awaitPhase("Failed");
    store.awaitCondition("PrimaryAvailable", "False CrashLooping");
  }

  @Test
  void aSuspendedStoreStopsAndKeepsItsSessions() {
    Store store = namespace.store("pause").apply("{size: medium}").awaitReady();
    Consumer proxy = Consumer.of(store, "proxy-of-pause", Consumer.PROXY).awaitConnected();
    assertThat(proxy.ask("SET", "thv:proxy:session:1", "{}", "EX", "7200")).isEqualTo("OK");

    store.apply("{size: medium, suspend: true}").awaitPhase("Suspended");
    assertThat(store.pods()).isEmpty();
    assertThat(store.status("message")).contains("data is kept on volume data-pause-0");

    store.apply("{size: medium, suspend: false}").awaitReady();
    proxy.awaitConnected();
    assertThat(proxy.ask("GET", "thv:proxy:session:1")).isEqualTo("{}");
  }

  @Test
  void theEvictionPolicyChangesWithoutARestart() {
    Store store = namespace.store("live").apply("{size: small}").awaitReady();
    String pod = store.pod().getMetadata().getUid();
    assertThat(store.operator("CONFIG", "GET", "maxmemory-policy").text()).contains("volatile-ttl");

    store.apply("{size: small, evictionPolicy: noeviction}");

    // The kubelet brings a changed ConfigMap to the pod within about a minute and a half.
    await("policy in force")
        .atMost(Duration.ofMinutes(3))
        .untilAsserted(
            () ->
                assertThat(store.operator("CONFIG", "GET", "maxmemory-policy").text())
                    .contains("noeviction"));
    assertThat(store.pod().getMetadata().getUid()).isEqualTo(pod);
    assertThat(Pods.restarts(store.pod(), "valkey")).isZero();
  }

  @Test
  void aChangeThatTheFunctionRefusesLeavesTheStoreAsItIs() {
    Store store = namespace.store("refused").apply("{size: medium}").awaitReady();
    Map<String, String> before = store.versions();

    store.apply("{size: medium, resources: {memory: 8Gi}, storage: {size: 5Gi}}");
    await("refusal")
        .atMost(Duration.ofMinutes(1))
        .untilAsserted(
            () ->
                assertThat(store.condition("Synced"))
                    .startsWith("False ReconcileError")
                    .contains("spec.storage.size", "is too little for 8Gi of memory"));
    assertThat(store.versions()).isEqualTo(before);

    store.apply("{size: medium, storage: {size: 5Gi}}");
    await("recovery")
        .atMost(Duration.ofMinutes(2))
        .untilAsserted(() -> assertThat(store.condition("Synced")).startsWith("True"));
    store.awaitReady();
    assertThat(store.versions()).isEqualTo(before);
  }

  @Test
  void moreMemoryRestartsThePodOnceAndKeepsSessions() {
    Store store = namespace.store("grow").apply("{size: medium}").awaitReady();
    Consumer proxy = Consumer.of(store, "proxy-of-grow", Consumer.PROXY).awaitConnected();
    assertThat(proxy.ask("SET", "thv:proxy:session:1", "{}", "EX", "7200")).isEqualTo("OK");

    store.apply("{size: medium, resources: {memory: 640Mi}}");
    await("new limit")
        .atMost(Duration.ofMinutes(2))
        .ignoreExceptions()
        .until(
            () ->
                new Quantity("640Mi")
                    .equals(
                        store
                            .pod()
                            .getSpec()
                            .getContainers()
                            .getFirst()
                            .getResources()
                            .getLimits()
                            .get("memory")));
    proxy.awaitConnected();
    assertThat(proxy.ask("GET", "thv:proxy:session:1")).isEqualTo("{}");
    store.awaitReady();
  }
}
