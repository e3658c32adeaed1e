package io.sessionstorage.provider.managed;

import java.time.Duration;
import java.time.InstantSource;
import java.util.function.Consumer;
import java.util.random.RandomGenerator;

/** Settings that differ from others in what a test sets. */
public final class SettingsBuilder {
  public Duration poll;
  public int pollJitterPercent;
  public Duration sync;
  public int maxReconcileRate;
  public boolean managementPolicies;
  public Duration timeout;
  public Duration creationGrace;
  public Duration deletionGrace;
  public InstantSource clock;
  public RandomGenerator random;

  private SettingsBuilder(Settings from) {
    poll = from.poll();
    pollJitterPercent = from.pollJitterPercent();
    sync = from.sync();
    maxReconcileRate = from.maxReconcileRate();
    managementPolicies = from.managementPolicies();
    timeout = from.timeout();
    creationGrace = from.creationGrace();
    deletionGrace = from.deletionGrace();
    clock = from.clock();
    random = from.random();
  }

  /** What {@code Settings.DEFAULT} is after these changes. */
  public static Settings usualBut(Consumer<SettingsBuilder> changes) {
    return but(Settings.DEFAULT, changes);
  }

  static Settings but(Settings from, Consumer<SettingsBuilder> changes) {
    SettingsBuilder builder = new SettingsBuilder(from);
    changes.accept(builder);
    return new Settings(
        builder.poll,
        builder.pollJitterPercent,
        builder.sync,
        builder.maxReconcileRate,
        builder.managementPolicies,
        builder.timeout,
        builder.creationGrace,
        builder.deletionGrace,
        builder.clock,
        builder.random);
  }
}
