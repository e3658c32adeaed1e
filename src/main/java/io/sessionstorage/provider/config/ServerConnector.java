package io.sessionstorage.provider.config;

import io.sessionstorage.provider.managed.Connector;
import io.sessionstorage.provider.managed.ExternalFailure;
import io.sessionstorage.provider.managed.Id;
import io.sessionstorage.provider.managed.ProviderConfigReference;
import io.sessionstorage.valkey.Server;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/** Resolves the ProviderConfig of a managed resource to a {@link Server}, and notes its use. */
final class ServerConnector implements Connector<Server> {
  private final ConfigReconciler<ProviderConfig> local;
  private final ConfigReconciler<ClusterProviderConfig> cluster;
  private final Usages usages;
  private final Resolver resolver;

  /**
   * What each was resolved to last, by UID: a namespace that is deleted loses its Secrets before
   * the external resources that need them are gone.
   */
  private final Map<String, Server> known = new ConcurrentHashMap<>();

  ServerConnector(
      ConfigReconciler<ProviderConfig> local,
      ConfigReconciler<ClusterProviderConfig> cluster,
      Usages usages,
      Resolver resolver) {
    this.local = local;
    this.cluster = cluster;
    this.usages = usages;
    this.resolver = resolver;
  }

  @Override
  public Server connect(Id managed, @Nullable ProviderConfigReference reference, boolean deleted) {
    if (reference == null) {
      throw new ExternalFailure(
          "managed resource does not reference a ProviderConfig: set spec.providerConfigRef");
    }
    try {
      Optional<ProviderConfigUsage> usage = usages.track(managed, reference, !deleted);
      Server server = resolver.resolve(existing(managed, reference));
      usage.ifPresent(usages::protect);
      known.put(managed.uid(), server);
      return server;
    } catch (ExternalFailure e) {
      Server last = known.get(managed.uid());
      if (deleted && last != null) {
        return last;
      }
      throw e;
    }
  }

  private AnyConfig<?> existing(Id managed, ProviderConfigReference reference) {
    return find(managed, reference)
        .orElseThrow(
            () ->
                new ExternalFailure(
                    "cannot get %s %s%s: create it, or correct spec.providerConfigRef"
                        .formatted(
                            reference.kind(),
                            reference.name(),
                            reference.kind().equals("ProviderConfig")
                                ? " in namespace " + managed.namespace()
                                : "")));
  }

  private Optional<? extends AnyConfig<?>> find(Id managed, ProviderConfigReference reference) {
    return switch (reference.kind()) {
      case "ProviderConfig" ->
          local.find(Objects.requireNonNull(managed.namespace()), reference.name());
      case "ClusterProviderConfig" -> cluster.find("", reference.name());
      default ->
          throw new ExternalFailure(
              "spec.providerConfigRef.kind must be ProviderConfig or ClusterProviderConfig");
    };
  }

  @Override
  public boolean ends(Id managed, @Nullable ProviderConfigReference reference) {
    return reference != null
        && find(managed, reference).map(AnyConfig::isMarkedForDeletion).orElse(true);
  }

  @Override
  public void release(Id managed) {
    known.remove(managed.uid());
    usages.release(Objects.requireNonNull(managed.namespace()), managed.uid());
  }
}
