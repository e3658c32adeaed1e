package io.sessionstorage.provider.config;

import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Version;
import io.sessionstorage.provider.managed.Description;

/** How to reach a server, for all namespaces; only the platform team writes it. */
@Group(Api.GROUP)
@Version(Api.VERSION)
@Description("How to reach a Valkey or Redis server, for managed resources in all namespaces.")
public final class ClusterProviderConfig extends AnyConfig<SecretLocation.Anywhere> {
  private static final long serialVersionUID = 1;
}
