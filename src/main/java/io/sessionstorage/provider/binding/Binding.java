package io.sessionstorage.provider.binding;

import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Version;
import io.sessionstorage.provider.config.Api;
import io.sessionstorage.provider.managed.Description;
import io.sessionstorage.provider.managed.ManagedResource;

/** That one MCP server uses a store. */
@Group(Api.GROUP)
@Version(Api.VERSION)
@Description(
    "Makes an MCPServer, MCPRemoteProxy or VirtualMCPServer of ToolHive keep its sessions in a store.")
public final class Binding extends ManagedResource<BindingParameters, BindingObservation> {
  private static final long serialVersionUID = 1;
}
