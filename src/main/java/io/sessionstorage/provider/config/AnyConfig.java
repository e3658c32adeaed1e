package io.sessionstorage.provider.config;

import io.fabric8.kubernetes.api.model.HasMetadata;
import org.jspecify.annotations.Nullable;

/** A ProviderConfig or a ClusterProviderConfig. */
interface AnyConfig extends HasMetadata {
  ConfigSpec<? extends SecretLocation> getSpec();

  @Nullable ConfigStatus getStatus();

  void setStatus(ConfigStatus status);
}
