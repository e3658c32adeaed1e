package io.sessionstorage.provider;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.sessionstorage.provider.binding.Binding;
import io.sessionstorage.provider.binding.BindingExternal;
import io.sessionstorage.provider.config.Configs;
import io.sessionstorage.provider.connection.Connection;
import io.sessionstorage.provider.connection.ConnectionExternal;
import io.sessionstorage.provider.managed.Connector;
import io.sessionstorage.provider.managed.Kind;
import io.sessionstorage.provider.managed.ManagedResource;
import io.sessionstorage.valkey.Endpoint;
import io.sessionstorage.valkey.Server;
import io.sessionstorage.valkey.Servers;
import java.time.InstantSource;
import java.util.List;

/** The kinds of managed resources. */
public final class ManagedKinds {
  /** All of them; their definitions are generated from these. */
  public static final List<Class<? extends ManagedResource<?, ?>>> ALL =
      List.of(Connection.class, Binding.class);

  /** A Connection that is deleted asks no server. */
  private static final Server NOWHERE =
      new Server(new Endpoint("nowhere.invalid", 1, 0, false), null, null);

  private ManagedKinds() {}

  /** How each is handled. */
  static List<Kind<?, ?, ?, ?>> all(
      KubernetesClient client, Configs configs, Servers servers, InstantSource clock) {
    return List.of(
        new Kind<>(
            Connection.class,
            new ConnectionExternal(servers, clock),
            configs.servers().unlessDeleted(NOWHERE)),
        new Kind<>(
            Binding.class,
            new BindingExternal(client, clock),
            Connector.to(new BindingExternal.Nothing())));
  }
}
