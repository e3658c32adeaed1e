package io.sessionstorage.provider.config;

import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Version;
import io.sessionstorage.provider.managed.Description;

/** How to reach a server, in one namespace, with secrets of that namespace only. */
@Group(Api.GROUP)
@Version(Api.VERSION)
@Description("How to reach a Valkey or Redis server, for managed resources in the same namespace.")
public final class ProviderConfig extends AnyConfig<SecretLocation.Local> implements Namespaced {
  private static final long serialVersionUID = 1;
}
