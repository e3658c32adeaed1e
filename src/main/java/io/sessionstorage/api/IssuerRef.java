package io.sessionstorage.api;

/**
 * An issuer of cert-manager, as its Certificates name it.
 *
 * @param kind Issuer, ClusterIssuer, or the kind of an external issuer
 * @param group cert-manager.io, or that of an external issuer
 */
public record IssuerRef(String name, String kind, String group) {
  /** The group of cert-manager's own kinds. */
  public static final String CERT_MANAGER = "cert-manager.io";

  /** The kind that is meant if none is named: one of the store's namespace. */
  public static final String DEFAULT_KIND = "Issuer";
}
