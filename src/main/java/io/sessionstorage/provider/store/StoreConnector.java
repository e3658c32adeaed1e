package io.sessionstorage.provider.store;

import io.sessionstorage.provider.managed.Connector;
import io.sessionstorage.provider.managed.ExternalFailure;
import io.sessionstorage.provider.managed.Id;
import io.sessionstorage.provider.managed.ProviderConfigReference;
import io.sessionstorage.valkey.Server;
import org.jspecify.annotations.Nullable;

/**
 * Connects managed resources to the servers of their ProviderConfigs. A resource that is deleted
 * when nobody knows its server any more has a store without one, which holds up only those that
 * need it.
 */
public final class StoreConnector implements Connector<Store> {
  private final Connector<Server> configs;

  /** A connector over one that resolves ProviderConfigs. */
  public StoreConnector(Connector<Server> configs) {
    this.configs = configs;
  }

  @Override
  public Store connect(Id managed, @Nullable ProviderConfigReference reference, boolean deleted) {
    try {
      return Store.of(configs.connect(managed, reference, deleted));
    } catch (ExternalFailure e) {
      if (deleted) {
        return Store.unknown(String.valueOf(e.getMessage()));
      }
      throw e;
    }
  }

  @Override
  public boolean ends(Id managed, @Nullable ProviderConfigReference reference) {
    return configs.ends(managed, reference);
  }

  @Override
  public void release(Id managed) {
    configs.release(managed);
  }
}
