package io.sessionstorage.provider.config;

import org.jspecify.annotations.Nullable;

/**
 * A server, how to speak to it and as whom: a ProviderConfig with all that it refers to. Two are
 * equal if one connection can serve both.
 *
 * @param host a name or an address, IPv6 without brackets
 * @param database as in SELECT
 * @param tls null: plaintext
 */
public record Server(
    String host, int port, int database, @Nullable Tls tls, Credentials credentials) {
  /** {@code host:port}, as people and clients write it. */
  public String address() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }

  /**
   * How to speak TLS.
   *
   * @param ca PEM; null: the authorities that the provider's image trusts
   * @param serverName the name that the certificate must have, also sent as SNI; null: the host
   * @param client null: no client certificate
   */
  public record Tls(
      @Nullable String ca, @Nullable String serverName, @Nullable ClientCertificate client) {}

  /** A certificate with its chain, and its key, as PEM. */
  public record ClientCertificate(String certificate, String key) {
    @Override
    public String toString() {
      return "ClientCertificate[]";
    }
  }

  /**
   * Who to log in as.
   *
   * @param username null: the default user
   * @param password null: log in as nobody
   */
  public record Credentials(@Nullable String username, @Nullable String password) {
    /** No login. */
    public static final Credentials NONE = new Credentials(null, null);

    @Override
    public String toString() {
      return "Credentials[" + username + "]";
    }
  }
}
