package io.sessionstorage.api;

import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Set;
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
   * @param rotation when its passwords are replaced
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
      RotationPolicy rotation,
      boolean suspend,
      @Nullable Backup backup,
      @Nullable Restore restore)
      implements Store {
    /** Drops the sessions that expire next; never a key that has no expiry. */
    public static final String DEFAULT_EVICTION_POLICY = "volatile-ttl";
  }

  /** A store that exists already. */
  sealed interface External extends Store {}

  /**
   * A store that the app team knows.
   *
   * @param url redis:// or rediss://
   * @param secretName a Secret in the SessionStorage's namespace, null: no password
   * @param caSecretName a Secret in the SessionStorage's namespace with the CAs, null: the public
   *     ones
   */
  record Located(String url, @Nullable String secretName, @Nullable String caSecretName)
      implements External {}

  /**
   * A store that the platform team has configured.
   *
   * @param kind ProviderConfig, in the SessionStorage's namespace, or ClusterProviderConfig
   */
  record Configured(String kind, String name) implements External {
    /** The kind if none is said. */
    public static final String DEFAULT_KIND = "ClusterProviderConfig";

    /** All kinds. */
    public static final Set<String> KINDS = Set.of("ProviderConfig", DEFAULT_KIND);
  }
}
