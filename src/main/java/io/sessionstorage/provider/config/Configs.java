package io.sessionstorage.provider.config;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.sessionstorage.provider.managed.Connector;
import io.sessionstorage.provider.managed.Controllers;
import io.sessionstorage.provider.managed.Events;
import io.sessionstorage.valkey.Server;
import java.time.InstantSource;

/** ProviderConfigs: their controllers, and what they resolve to. */
public final class Configs {
  private final Usages usages;
  private final Connector<Server> connector;
  private final ConfigReconciler<ProviderConfig> local;
  private final ConfigReconciler<ClusterProviderConfig> cluster;

  /** Starts nothing yet. */
  public Configs(KubernetesClient client, Events events, InstantSource clock) {
    usages = new Usages(client);
    local = new ConfigReconciler<>(ProviderConfig.class, client, usages, events, clock);
    cluster = new ConfigReconciler<>(ClusterProviderConfig.class, client, usages, events, clock);
    connector =
        new ServerConnector(local, cluster, usages, new Resolver(new Secrets(client, clock)));
  }

  /**
   * Counts users, and blocks the deletion of what is in use, from now on. To be started before any
   * kind that uses {@link #servers()}.
   */
  public void start(Controllers controllers) {
    controllers.start(
        ProviderConfigUsage.class,
        "providerconfig",
        new UsageReconciler(usages, this::usersChanged));
    controllers.start(ProviderConfig.class, "providerconfig", local);
    controllers.start(ClusterProviderConfig.class, "providerconfig", cluster);
  }

  /** Resolves {@code spec.providerConfigRef} of managed resources to servers. */
  public Connector<Server> servers() {
    return connector;
  }

  private void usersChanged(ConfigKey config) {
    (config.namespace().isEmpty() ? cluster : local).usersChanged(config);
  }
}
