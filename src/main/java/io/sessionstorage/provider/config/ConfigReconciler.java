package io.sessionstorage.provider.config;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.javaoperatorsdk.operator.processing.event.source.inbound.SimpleInboundEventSource;
import io.sessionstorage.provider.managed.Condition;
import io.sessionstorage.provider.managed.Conditions;
import io.sessionstorage.provider.managed.Controllers;
import io.sessionstorage.provider.managed.Events;
import io.sessionstorage.provider.managed.Finalizers;
import java.net.HttpURLConnection;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Counts who uses a ProviderConfig, and keeps it until nobody does. */
final class ConfigReconciler<T extends AnyConfig<?>> implements Reconciler<T> {
  static final String FINALIZER = "in-use.crossplane.io";

  private static final Duration SHORT_WAIT = Duration.ofSeconds(30);
  private static final String REASON = "UsageAccounting";
  private static final String BLOCKED = "Blocking deletion while usages still exist";

  private final Class<T> type;
  private final KubernetesClient client;
  private final Usages usages;
  private final Events events;
  private final InstantSource clock;
  private final SimpleInboundEventSource<T> usersChanged = new SimpleInboundEventSource<>("usages");

  private volatile @Nullable IndexerResourceCache<T> cache;

  ConfigReconciler(
      Class<T> type, KubernetesClient client, Usages usages, Events events, InstantSource clock) {
    this.type = type;
    this.client = client;
    this.usages = usages;
    this.events = events;
    this.clock = clock;
  }

  /** The config as last seen, or as the API server has it if none was seen yet. */
  Optional<T> find(String namespace, String name) {
    IndexerResourceCache<T> known = cache;
    ResourceID id = id(namespace, name);
    return (known == null ? Optional.<T>empty() : known.get(id))
        .or(() -> Optional.ofNullable(at(namespace, name).get()));
  }

  private Resource<T> at(String namespace, String name) {
    return namespace.isEmpty()
        ? client.resources(type).withName(name)
        : client.resources(type).inNamespace(namespace).withName(name);
  }

  private static ResourceID id(String namespace, String name) {
    return namespace.isEmpty() ? new ResourceID(name) : new ResourceID(name, namespace);
  }

  /** Looks at a config whose users have changed. */
  void usersChanged(ConfigKey config) {
    usersChanged.propagateEvent(id(config.namespace(), config.name()));
  }

  @Override
  public List<EventSource<?, T>> prepareEventSources(EventSourceContext<T> context) {
    cache = context.getPrimaryCache();
    return List.of(usersChanged);
  }

  @Override
  public UpdateControl<T> reconcile(T config, Context<T> context) {
    if (context.isPrimaryResourceDeleted()) {
      return UpdateControl.noUpdate();
    }
    try {
      return account(config);
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
        return UpdateControl.noUpdate();
      }
      if (e.getCode() != HttpURLConnection.HTTP_CONFLICT) {
        events.warning(
            Controllers.name("providerconfig", type),
            config,
            Map.of(),
            REASON,
            String.valueOf(e.getMessage()));
      }
      return UpdateControl.<T>noUpdate().rescheduleAfter(SHORT_WAIT);
    }
  }

  private UpdateControl<T> account(T config) {
    long users = users(config);
    if (!config.isMarkedForDeletion()) {
      List<Condition> conditions =
          config.getStatus() == null ? null : config.getStatus().conditions();
      writeStatus(Finalizers.add(client, config, FINALIZER), new ConfigStatus(users, conditions));
    } else if (users == 0) {
      Finalizers.remove(client, config, FINALIZER);
    } else {
      events.warning(Controllers.name("providerconfig", type), config, Map.of(), REASON, BLOCKED);
      Condition terminating = Condition.of("Terminating", true, "InUse", BLOCKED);
      List<Condition> before = config.getStatus() == null ? null : config.getStatus().conditions();
      writeStatus(
          config,
          new ConfigStatus(
              users,
              Conditions.with(
                  before, terminating, config.getMetadata().getGeneration(), clock.instant())));
    }
    return UpdateControl.noUpdate();
  }

  private long users(T config) {
    List<ProviderConfigUsage> all = usages.of(config);
    List<ProviderConfigUsage> orphans =
        all.stream().filter(it -> Usages.controller(it).isEmpty()).toList();
    orphans.forEach(usages::delete);
    return (long) all.size() - orphans.size();
  }

  private void writeStatus(T config, ConfigStatus status) {
    if (!status.equals(config.getStatus())) {
      T updated = client.getKubernetesSerialization().clone(config);
      updated.setStatus(status);
      client.resource(updated).updateStatus();
    }
  }
}
