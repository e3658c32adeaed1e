package io.sessionstorage.provider.config;

import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Version;
import io.sessionstorage.provider.managed.Description;
import org.jspecify.annotations.Nullable;

/** How to reach a server, in one namespace, with secrets of that namespace only. */
@Group(Api.GROUP)
@Version(Api.VERSION)
@Description("How to reach a Valkey or Redis server, for managed resources in the same namespace.")
public final class ProviderConfig
    extends CustomResource<ConfigSpec<SecretLocation.Local>, ConfigStatus>
    implements AnyConfig, Namespaced {
  private static final long serialVersionUID = 1;

  @Override
  @SuppressWarnings("NullAway") // CustomResource allows it and says so
  protected @Nullable ConfigSpec<SecretLocation.Local> initSpec() {
    return null;
  }

  @Override
  @SuppressWarnings("NullAway") // CustomResource allows it and says so
  protected @Nullable ConfigStatus initStatus() {
    return null;
  }
}
