package io.sessionstorage.api;

import java.util.Map;

/**
 * Which SessionStorage, and the names of what belongs to it.
 *
 * @param name of the SessionStorage that the app team wrote; every composed object's name starts
 *     with it
 * @param namespace where the composed objects live
 * @param claimed whether a cluster-scoped XSessionStorage stands behind the claim {@code name}
 */
public record Instance(String name, String namespace, boolean claimed) {
  /** The Secret with the passwords of all users. */
  public String authSecret() {
    return name + "-auth";
  }

  /** The Secret for the store's consumers. */
  public String connectionSecret() {
    return name + "-connection";
  }

  /** The Secret with Valkey's ACL file. */
  public String aclSecret() {
    return name + "-acl";
  }

  /** The ConfigMap with Valkey's configuration. */
  public String configMap() {
    return name + "-config";
  }

  /** The ConfigMap with the containers' scripts. */
  public String scripts() {
    return name + "-scripts";
  }

  /** The Service that names each pod. */
  public String headlessService() {
    return name + "-headless";
  }

  /** The only pod of a store of one node. */
  public String pod() {
    return name + "-0";
  }

  /** The volume of {@link #pod()}, by the name under which the StatefulSet adopts it. */
  public String dataClaim() {
    return "data-" + pod();
  }

  /** What selects the store's Valkey pods; never changes. */
  public Map<String, String> selector() {
    return Map.of(
        "app.kubernetes.io/name", "session-storage",
        "app.kubernetes.io/instance", name,
        "app.kubernetes.io/component", "valkey");
  }
}
