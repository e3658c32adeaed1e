package io.sessionstorage.provider.config;

import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Version;
import io.sessionstorage.provider.managed.Description;
import org.jspecify.annotations.Nullable;

/** How to reach a server, for all namespaces; only the platform team writes it. */
@Group(Api.GROUP)
@Version(Api.VERSION)
@Description("How to reach a Valkey or Redis server, for managed resources in all namespaces.")
public final class ClusterProviderConfig
    extends CustomResource<ConfigSpec<SecretLocation.Anywhere>, ConfigStatus> implements AnyConfig {
  private static final long serialVersionUID = 1;

  @Override
  @SuppressWarnings("NullAway") // CustomResource allows it and says so
  protected @Nullable ConfigSpec<SecretLocation.Anywhere> initSpec() {
    return null;
  }

  @Override
  @SuppressWarnings("NullAway") // CustomResource allows it and says so
  protected @Nullable ConfigStatus initStatus() {
    return null;
  }
}
