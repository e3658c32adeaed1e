package io.sessionstorage.provider.config;

import io.sessionstorage.provider.managed.ProviderConfigReference;
import java.util.Objects;

/**
 * Which ProviderConfig or ClusterProviderConfig.
 *
 * @param namespace empty for a ClusterProviderConfig
 */
record ConfigKey(String kind, String namespace, String name) {
  private static final ConfigKey NONE = new ConfigKey("", "", "");

  static ConfigKey of(AnyConfig<?> config) {
    return new ConfigKey(
        config.getKind(),
        Objects.requireNonNullElse(config.getMetadata().getNamespace(), ""),
        config.getMetadata().getName());
  }

  /** What is used; no config at all if the usage does not say. */
  static ConfigKey of(ProviderConfigUsage usage) {
    ProviderConfigReference reference = usage.getProviderConfigRef();
    return reference == null
        ? NONE
        : new ConfigKey(
            reference.kind(),
            reference.kind().equals("ProviderConfig") ? usage.getMetadata().getNamespace() : "",
            reference.name());
  }

  String index() {
    return kind + "/" + namespace + "/" + name;
  }
}
