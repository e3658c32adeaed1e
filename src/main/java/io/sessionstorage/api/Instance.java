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
  /** Jobs' names become a label's value. */
  public static final int LONGEST_JOB = 63;

  /** Kubernetes appends eleven characters. */
  private static final int LONGEST_CRON_JOB = 52;

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

  /** Everything of the backups that has a name of its own. */
  public String backup() {
    return name + "-backup";
  }

  /** The CronJob that makes backups. */
  public String backupCronJob() {
    return bounded("-backup", LONGEST_CRON_JOB);
  }

  /** The CronJob that proves them. */
  public String drillCronJob() {
    return bounded("-drill", LONGEST_CRON_JOB);
  }

  /**
   * The name with {@code suffix}, shortened in a way that keeps it different from others where it
   * would be longer than {@code longest}.
   */
  public String bounded(String suffix, int longest) {
    String full = name + suffix;
    if (full.length() <= longest) {
      return full;
    }
    String hash = "-%08x".formatted(name.hashCode());
    return name.substring(0, longest - suffix.length() - hash.length()) + hash + suffix;
  }

  /** The Service for clients that ask Sentinel where the primary is. */
  public String sentinelService() {
    return name + "-sentinel";
  }

  /** Everything that proves a rotation of the passwords, but for its Jobs. */
  public String rotation() {
    return name + "-rotation";
  }

  /** What the Sentinels call this store: no other has the name. */
  public String primaryName() {
    return name + "." + namespace;
  }

  /** What selects the store's Valkey pods; never changes. */
  public Map<String, String> selector() {
    return selector("valkey");
  }

  /** What selects the pods and Jobs of backups, drills and restores; never changes. */
  public Map<String, String> backupSelector() {
    return selector("backup");
  }

  /** What selects the store's proxies; never changes. */
  public Map<String, String> proxySelector() {
    return selector("haproxy");
  }

  /** What selects the observer; never changes. */
  public Map<String, String> observerSelector() {
    return selector("observer");
  }

  /** What selects the pods of a rotation's Jobs. */
  public Map<String, String> rotationSelector() {
    return selector("rotation");
  }

  private Map<String, String> selector(String component) {
    return Map.of(
        "app.kubernetes.io/name", "session-storage",
        "app.kubernetes.io/instance", name,
        "app.kubernetes.io/component", component);
  }
}
