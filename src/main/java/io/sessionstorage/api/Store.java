package io.sessionstorage.api;

import io.fabric8.kubernetes.api.model.Quantity;
import org.jspecify.annotations.Nullable;

/** Where the sessions are kept. */
public sealed interface Store {

  /**
   * A Valkey that is composed. Null means the platform's default.
   *
   * @param version Valkey's minor version, for example "9.1"
   * @param evictionPolicy Valkey's maxmemory-policy
   * @param tls whether Valkey speaks TLS, and nothing else
   * @param issuer who issues the certificate; null: the store's own authority
   * @param suspend no pod, the data kept
   * @param backup null: none
   * @param restore null: the store begins empty
   */
  record Managed(
      Size size,
      @Nullable String version,
      @Nullable Quantity cpu,
      @Nullable Quantity memory,
      @Nullable Quantity storage,
      @Nullable String storageClass,
      Network network,
      String evictionPolicy,
      boolean tls,
      @Nullable IssuerRef issuer,
      boolean suspend,
      @Nullable Backup backup,
      @Nullable Restore restore)
      implements Store {
    /** Drops the sessions that expire next; never a key that has no expiry. */
    public static final String DEFAULT_EVICTION_POLICY = "volatile-ttl";
  }

  /**
   * A store that exists already.
   *
   * @param url redis:// or rediss://
   * @param secretName a Secret in the SessionStorage's namespace, null: no password
   */
  record External(String url, @Nullable String secretName) implements Store {}
}
