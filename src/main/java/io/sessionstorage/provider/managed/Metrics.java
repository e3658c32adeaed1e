package io.sessionstorage.provider.managed;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.prometheus.metrics.core.metrics.GaugeWithCallback;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.function.Predicate;
import java.util.function.Supplier;
import java.util.stream.Stream;

/** What is counted, under crossplane-runtime's names. */
public final class Metrics {
  private static final String GVK = "gvk";
  private static final double[] LIFE = {1, 5, 10, 15, 30, 60, 120, 300, 600, 1800, 3600};

  /** 10 ns to 10 s. */
  private static final double[] POWERS_OF_TEN = {
    1e-8, 1e-7, 1e-6, 1e-5, 1e-4, 1e-3, 1e-2, 1e-1, 1, 10
  };

  private final InstantSource clock;
  private final Histogram reconciled;
  private final Histogram ready;
  private final Histogram deleted;
  private final Histogram drift;
  private final Set<String> notReadyYet = ConcurrentHashMap.newKeySet();
  private final Map<String, Instant> unchanged = new ConcurrentHashMap<>();
  private final Map<String, Supplier<Stream<? extends ManagedResource<?, ?>>>> kinds =
      new ConcurrentHashMap<>();

  /** Registers all of them. */
  public Metrics(PrometheusRegistry registry, InstantSource clock) {
    this.clock = clock;
    reconciled =
        histogram(
            "first_time_to_reconcile_seconds",
            "The time it took for a managed resource to be detected by the controller",
            POWERS_OF_TEN,
            registry);
    ready =
        histogram(
            "first_time_to_readiness_seconds",
            "The time it took for a managed resource to become ready first time after creation",
            LIFE,
            registry);
    deleted =
        histogram(
            "deletion_seconds",
            "The time it took for a managed resource to be deleted",
            LIFE,
            registry);
    drift =
        histogram(
            "drift_seconds",
            "ALPHA: How long since the previous successful reconcile when a resource was found to be out of sync;"
                + " excludes restart of the provider",
            POWERS_OF_TEN,
            registry);
    gauge("exists", "The number of managed resources that exist", it -> true, registry);
    gauge(
        "ready",
        "The number of managed resources in Ready=True state",
        it -> isTrue(it, Condition.READY),
        registry);
    gauge(
        "synced",
        "The number of managed resources in Synced=True state",
        it -> isTrue(it, Condition.SYNCED),
        registry);
  }

  private static Histogram histogram(
      String name, String help, double[] bounds, PrometheusRegistry registry) {
    return Histogram.builder()
        .name("crossplane_managed_resource_" + name)
        .help(help)
        .labelNames(GVK)
        .classicOnly()
        .classicUpperBounds(bounds)
        .register(registry);
  }

  private void gauge(
      String name,
      String help,
      Predicate<ManagedResource<?, ?>> counted,
      PrometheusRegistry registry) {
    GaugeWithCallback.builder()
        .name("crossplane_managed_resource_" + name)
        .help(help)
        .labelNames(GVK)
        .callback(
            callback ->
                kinds.forEach(
                    (gvk, all) -> callback.call((double) all.get().filter(counted).count(), gvk)))
        .register(registry);
  }

  /** Counts these, too, at each scrape. */
  void watch(
      Class<? extends ManagedResource<?, ?>> type,
      Supplier<Stream<? extends ManagedResource<?, ?>>> all) {
    kinds.put(gvk(type), all);
  }

  void reconciled(ManagedResource<?, ?> resource) {
    if (condition(resource, Condition.SYNCED).isEmpty()) {
      reconciled
          .labelValues(gvk(resource))
          .observe(age(resource.getMetadata().getCreationTimestamp()));
      notReadyYet.add(resource.getMetadata().getUid());
    }
  }

  void unchanged(ManagedResource<?, ?> resource, ManagedStatus<?> status) {
    String uid = resource.getMetadata().getUid();
    unchanged.put(uid, clock.instant());
    if (Conditions.find(status.conditions(), Condition.READY)
            .filter(it -> it.status().equals("True"))
            .isPresent()
        && notReadyYet.remove(uid)) {
      ready.labelValues(gvk(resource)).observe(age(resource.getMetadata().getCreationTimestamp()));
    }
  }

  void drift(ManagedResource<?, ?> resource) {
    Instant now = clock.instant();
    Instant last = unchanged.put(resource.getMetadata().getUid(), now);
    if (last != null) {
      drift.labelValues(gvk(resource)).observe(seconds(last, now));
    }
  }

  void deleted(ManagedResource<?, ?> resource) {
    deleted.labelValues(gvk(resource)).observe(age(resource.getMetadata().getDeletionTimestamp()));
  }

  /** It is gone. */
  void forget(String uid) {
    notReadyYet.remove(uid);
    unchanged.remove(uid);
  }

  private double age(String since) {
    return seconds(Instant.parse(since), clock.instant());
  }

  private static double seconds(Instant start, Instant end) {
    return Math.max(0, Duration.between(start, end).toNanos() / 1e9);
  }

  private static boolean isTrue(ManagedResource<?, ?> resource, String type) {
    return condition(resource, type).filter(it -> it.status().equals("True")).isPresent();
  }

  private static Optional<Condition> condition(ManagedResource<?, ?> resource, String type) {
    ManagedStatus<?> status = resource.getStatus();
    return Conditions.find(status == null ? null : status.conditions(), type);
  }

  private static String gvk(ManagedResource<?, ?> resource) {
    return gvk(resource.getApiVersion(), resource.getKind());
  }

  private static String gvk(Class<? extends ManagedResource<?, ?>> type) {
    return gvk(HasMetadata.getApiVersion(type), HasMetadata.getKind(type));
  }

  private static String gvk(String apiVersion, String kind) {
    return apiVersion + ", Kind=" + kind;
  }
}
