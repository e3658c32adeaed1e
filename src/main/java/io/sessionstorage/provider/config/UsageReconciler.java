package io.sessionstorage.provider.config;

import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Consumer;

/**
 * Tells the controllers of ProviderConfigs who uses them, and lets go of usages whose managed
 * resource has ended while nobody looked.
 */
final class UsageReconciler implements Reconciler<ProviderConfigUsage> {
  private static final Duration RECHECK = Duration.ofSeconds(30);

  private final Usages usages;
  private final Consumer<ConfigKey> changed;
  private final Map<String, ConfigKey> last = new ConcurrentHashMap<>();

  /** {@code changed} is told which config has other users than before. */
  UsageReconciler(Usages usages, Consumer<ConfigKey> changed) {
    this.usages = usages;
    this.changed = changed;
  }

  @Override
  public List<EventSource<?, ProviderConfigUsage>> prepareEventSources(
      EventSourceContext<ProviderConfigUsage> context) {
    usages.use(context.getPrimaryCache());
    return List.of();
  }

  @Override
  public UpdateControl<ProviderConfigUsage> reconcile(
      ProviderConfigUsage usage, Context<ProviderConfigUsage> context) {
    String uid = usage.getMetadata().getUid();
    ConfigKey config = ConfigKey.of(usage);
    ConfigKey before =
        context.isPrimaryResourceDeleted() ? last.remove(uid) : last.put(uid, config);
    if (before != null && !before.equals(config)) {
      changed.accept(before);
    }
    changed.accept(config);
    if (context.isPrimaryResourceDeleted()
        || !usage.isMarkedForDeletion()
        || !usage.hasFinalizer(Usages.FINALIZER)) {
      return UpdateControl.noUpdate();
    }
    if (usages.ended(usage)) {
      usages.release(usage.getMetadata().getNamespace(), usage.getMetadata().getName());
      return UpdateControl.noUpdate();
    }
    return UpdateControl.<ProviderConfigUsage>noUpdate().rescheduleAfter(RECHECK);
  }
}
