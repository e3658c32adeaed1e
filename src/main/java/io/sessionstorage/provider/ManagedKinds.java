package io.sessionstorage.provider;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.sessionstorage.provider.config.Configs;
import io.sessionstorage.provider.managed.Kind;
import io.sessionstorage.provider.managed.ManagedResource;
import java.util.List;

/** The kinds of managed resources. */
public final class ManagedKinds {
  /** All of them; their definitions are generated from these. */
  public static final List<Class<? extends ManagedResource<?, ?>>> ALL = List.of();

  private ManagedKinds() {}

  /** How each is handled. */
  static List<Kind<?, ?, ?, ?>> all(KubernetesClient client, Configs configs) {
    return List.of();
  }
}
