package io.sessionstorage.provider;

import io.fabric8.kubernetes.api.model.coordination.v1.LeaseBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderCallbacks;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElectionConfigBuilder;
import io.fabric8.kubernetes.client.extended.leaderelection.LeaderElector;
import io.fabric8.kubernetes.client.extended.leaderelection.resourcelock.LeaseLock;
import java.time.Duration;
import java.util.Map;
import java.util.Objects;
import java.util.UUID;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Who of several replicas works: the one that holds a Lease.
 *
 * @param namespace of the Lease
 * @param provider its name in Crossplane
 * @param identity who this is
 */
record Leadership(String namespace, String provider, String identity) {
  private static final Logger LOG = LoggerFactory.getLogger(Leadership.class);
  private static final Duration LEASE = Duration.ofSeconds(60);
  private static final Duration RENEW = Duration.ofSeconds(50);
  private static final Duration RETRY = Duration.ofSeconds(2);

  /** From the environment that Crossplane gives to a provider's pod. */
  static Leadership ofThisPod(Map<String, String> environment) {
    return new Leadership(
        Objects.requireNonNullElse(environment.get("POD_NAMESPACE"), "default"),
        Objects.requireNonNullElse(environment.get("PROVIDER_NAME"), Provider.NAME),
        Objects.requireNonNullElse(environment.get("HOSTNAME"), "provider")
            + "_"
            + UUID.randomUUID());
  }

  /**
   * Lets another one lead at once. The elector's own release leaves this one's name in the Lease,
   * and the others would wait until it has run out.
   */
  void release(KubernetesClient client) {
    try {
      client
          .leases()
          .inNamespace(namespace)
          .withName(lease())
          .edit(
              lease ->
                  identity.equals(lease.getSpec().getHolderIdentity())
                      ? new LeaseBuilder(lease)
                          .editSpec()
                          .withHolderIdentity(null)
                          .endSpec()
                          .build()
                      : lease);
    } catch (KubernetesClientException e) {
      LOG.atWarn().addKeyValue("cause", e.getMessage()).log("cannot give up the leadership");
    }
  }

  private String lease() {
    return "crossplane-leader-election-" + provider;
  }

  /** The elector, which runs nothing yet. */
  LeaderElector elector(KubernetesClient client, Runnable started, Runnable lost) {
    return new LeaderElector(
        client,
        new LeaderElectionConfigBuilder()
            .withName(provider)
            .withLock(new LeaseLock(namespace, lease(), identity))
            .withLeaseDuration(LEASE)
            .withRenewDeadline(RENEW)
            .withRetryPeriod(RETRY)
            .withLeaderCallbacks(new LeaderCallbacks(started, lost, leader -> {}))
            .build(),
        Executors.newVirtualThreadPerTaskExecutor());
  }
}
