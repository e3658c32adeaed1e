package io.sessionstorage.provider.store;

import io.sessionstorage.provider.managed.Connector;
import io.sessionstorage.provider.managed.ExternalFailure;
import io.sessionstorage.provider.managed.Id;
import io.sessionstorage.provider.managed.ProviderConfigReference;
import io.sessionstorage.valkey.Server;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Connects managed resources to the servers of their ProviderConfigs. A resource that is deleted
 * after its ProviderConfig or a Secret of it, as happens when a whole namespace is, is connected to
 * the server that was known last.
 */
public final class StoreConnector implements Connector<Store> {
  private final Connector<Server> configs;
  private final Map<String, Server> known = new ConcurrentHashMap<>();

  /** A connector over one that resolves ProviderConfigs. */
  public StoreConnector(Connector<Server> configs) {
    this.configs = configs;
  }

  @Override
  public Store connect(Id managed, @Nullable ProviderConfigReference reference, boolean deleted) {
    try {
      Server server = configs.connect(managed, reference, deleted);
      known.put(managed.uid(), server);
      return Store.of(server);
    } catch (ExternalFailure e) {
      if (!deleted) {
        throw e;
      }
      Server last = known.get(managed.uid());
      return last == null ? Store.unknown(String.valueOf(e.getMessage())) : Store.of(last);
    }
  }

  @Override
  public boolean ends(Id managed, @Nullable ProviderConfigReference reference) {
    return configs.ends(managed, reference);
  }

  @Override
  public void release(Id managed) {
    known.remove(managed.uid());
    configs.release(managed);
  }
}
