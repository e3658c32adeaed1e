package io.sessionstorage.provider.managed;

import java.time.Duration;
import java.time.InstantSource;
import java.util.random.RandomGenerator;

/**
 * How the provider was started.
 *
 * @param poll how often to look at an external resource that is as wanted
 * @param pollJitterPercent by how much, at random, that varies either way
 * @param sync how often to reconcile what waits for nothing
 * @param maxReconcileRate reconciles per second, of all kinds together
 * @param managementPolicies whether {@code spec.managementPolicies} may have another value than all
 * @param timeout for all calls to the external system in one reconcile
 * @param creationGrace how long after its creation a missing external resource may still appear;
 *     none where the external system says at once what there is, as Valkey and the API server do
 * @param deletionGrace how long after its deletion a resource is kept whose external resource
 *     cannot be reached, and whose ProviderConfig is being deleted as well
 */
public record Settings(
    Duration poll,
    int pollJitterPercent,
    Duration sync,
    int maxReconcileRate,
    boolean managementPolicies,
    Duration timeout,
    Duration creationGrace,
    Duration deletionGrace,
    InstantSource clock,
    RandomGenerator random) {
  /** The provider template's settings. */
  public static final Settings DEFAULT =
      new Settings(
          Duration.ofMinutes(1),
          10,
          Duration.ofHours(1),
          10,
          true,
          Duration.ofMinutes(1),
          Duration.ZERO,
          Duration.ofMinutes(5),
          InstantSource.system(),
          RandomGenerator.getDefault());

  Duration jittered(Duration interval) {
    double share = (random.nextDouble() - 0.5) * 2 * pollJitterPercent / 100;
    return interval.plusMillis((long) (interval.toMillis() * share));
  }
}
