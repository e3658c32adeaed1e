package io.sessionstorage.provider.connection;

import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Version;
import io.sessionstorage.provider.managed.Description;
import io.sessionstorage.provider.managed.ManagedResource;

/** An endpoint that is checked for what ToolHive needs, and whose Secret consumers use. */
@Group(Connection.GROUP)
@Version(Connection.VERSION)
@Description(
    "A Valkey or Redis server that is checked for what ToolHive needs, and whose connection Secret its consumers use.")
public final class Connection extends ManagedResource<ConnectionParameters, ConnectionObservation> {
  static final String GROUP = "valkey.m.toolhive.stacklok.dev";
  static final String VERSION = "v1alpha1";

  private static final long serialVersionUID = 1;
}
