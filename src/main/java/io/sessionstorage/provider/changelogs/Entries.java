package io.sessionstorage.provider.changelogs;

import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.Struct;
import com.google.protobuf.Timestamp;
import io.fabric8.kubernetes.client.utils.KubernetesSerialization;
import io.sessionstorage.proto.changelogs.v1alpha1.ChangeLogEntry;
import io.sessionstorage.proto.changelogs.v1alpha1.OperationType;
import io.sessionstorage.provider.managed.Change;
import io.sessionstorage.provider.managed.ManagedResource;
import io.sessionstorage.serve.Structs;
import java.time.Instant;
import java.time.InstantSource;

/**
 * Makes a log's entries.
 *
 * @param provider who makes the changes: its name, a colon, its version
 */
public record Entries(String provider, KubernetesSerialization serialization, InstantSource clock) {
  ChangeLogEntry of(Change change) {
    ManagedResource<?, ?> resource = change.before().resource();
    Instant now = clock.instant();
    ChangeLogEntry.Builder entry =
        ChangeLogEntry.newBuilder()
            .setTimestamp(
                Timestamp.newBuilder().setSeconds(now.getEpochSecond()).setNanos(now.getNano()))
            .setProvider(provider)
            .setApiVersion(resource.getApiVersion())
            .setKind(resource.getKind())
            .setName(resource.getMetadata().getName())
            .setExternalName(change.before().externalName())
            .setOperation(operation(change.operation()))
            .setSnapshot(snapshot(change.before()));
    if (change.error() != null) {
      entry.setErrorMessage(change.error());
    }
    return entry.build();
  }

  private static OperationType operation(Change.Operation operation) {
    return switch (operation) {
      case CREATE -> OperationType.OPERATION_TYPE_CREATE;
      case UPDATE -> OperationType.OPERATION_TYPE_UPDATE;
      case DELETE -> OperationType.OPERATION_TYPE_DELETE;
    };
  }

  private Struct snapshot(Change.Before before) {
    ObjectNode json = serialization.convertValue(before.resource(), ObjectNode.class);
    json.set("status", serialization.convertValue(before.status(), ObjectNode.class));
    return Structs.struct(json);
  }
}
