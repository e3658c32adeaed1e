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

  /** The Secret with the certificate of the servers and the CA that signed it. */
  public String tlsSecret() {
    return name + "-tls";
  }

  /** The Secret with the certificate that cert-manager has issued, and its Certificate. */
  public String issuedSecret() {
    return name + "-certificate";
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

  /** The only pod of a store of one node, the first of a larger one. */
  public String pod() {
    return pod(0);
  }

  /** One of the pods. */
  public String pod(int ordinal) {
    return name + "-" + ordinal;
  }

  /** The volume of {@link #pod()}, by the name under which the StatefulSet adopts it. */
  public String dataClaim() {
    return dataClaim(0);
  }

  /** The volume of {@link #pod(int)}. */
  public String dataClaim(int ordinal) {
    return "data-" + pod(ordinal);
  }

  /** Everything of the proxies. */
  public String proxy() {
    return name + "-haproxy";
  }

  /** Everything of the observer. */
  public String observer() {
    return name + "-observer";
  }

  /** The Service for clients that ask Sentinel where the primary is. */
  public String sentinelService() {
    return name + "-sentinel";
  }

  /** What the Sentinels call this store: no other has the name. */
  public String primaryName() {
    return name + "." + namespace;
  }

  /** What selects the store's Valkey pods; never changes. */
  public Map<String, String> selector() {
    return selector("valkey");
  }

  /** What selects the store's proxies; never changes. */
  public Map<String, String> proxySelector() {
    return selector("haproxy");
  }

  /** What selects the observer; never changes. */
  public Map<String, String> observerSelector() {
    return selector("observer");
  }

  private Map<String, String> selector(String component) {
    return Map.of(
        "app.kubernetes.io/name", "session-storage",
        "app.kubernetes.io/instance", name,
        "app.kubernetes.io/component", component);
  }
}
