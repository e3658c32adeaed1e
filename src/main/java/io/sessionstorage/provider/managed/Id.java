package io.sessionstorage.provider.managed;

/** Which object: its kind, and where it is. */
public record Id(String apiVersion, String kind, String namespace, String name, String uid) {
  static Id of(ManagedResource<?, ?> resource) {
    return new Id(
        resource.getApiVersion(),
        resource.getKind(),
        resource.getMetadata().getNamespace(),
        resource.getMetadata().getName(),
        resource.getMetadata().getUid());
  }
}
