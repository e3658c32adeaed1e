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
import io.sessionstorage.provider.store.Store;
import io.sessionstorage.provider.store.StoreConnector;
import io.sessionstorage.provider.user.PasswordSecrets;
import io.sessionstorage.provider.user.User;
import io.sessionstorage.provider.user.UserExternal;
import io.sessionstorage.valkey.Servers;
import java.security.SecureRandom;
import java.time.InstantSource;
import java.util.List;

/** The kinds of managed resources. */
public final class ManagedKinds {
  /** All of them; their definitions are generated from these. */
  public static final List<Class<? extends ManagedResource<?, ?>>> ALL =
      List.of(Connection.class, User.class, Binding.class);

  private ManagedKinds() {}

  /** How each is handled. */
  static List<Kind<?, ?, ?, ?>> all(
      KubernetesClient client, Configs configs, Servers servers, InstantSource clock) {
    Connector<Store> stores = new StoreConnector(configs.servers());
    return List.of(
        new Kind<>(Connection.class, new ConnectionExternal(servers, clock), stores),
        new Kind<>(
            User.class,
            new UserExternal(servers, new PasswordSecrets(client), clock, new SecureRandom()),
            stores),
        new Kind<>(
            Binding.class,
            new BindingExternal(client, clock),
            Connector.to(new BindingExternal.Nothing())));
  }
}
