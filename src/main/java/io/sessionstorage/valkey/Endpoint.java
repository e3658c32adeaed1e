package io.sessionstorage.valkey;

import java.net.URI;
import java.net.URISyntaxException;

/**
 * Where a store listens, as {@code redis://host:port/db} or {@code rediss://host:port/db}.
 *
 * @param host a name or an address; an IPv6 address without brackets
 * @param tls whether the port speaks TLS
 */
public record Endpoint(String host, int port, int db, boolean tls) {
  private static final int DEFAULT_PORT = 6379;
  private static final int LARGEST_PORT = 65_535;
  private static final int LARGEST_DB = 999_999;

  /** Refuses what no server can have. */
  public Endpoint {
    if (host.isBlank() || host.length() > 253 || !host.chars().allMatch(Endpoint::inHost)) {
      throw new IllegalArgumentException("the endpoint's host is no name and no address");
    }
    if (port < 1 || port > LARGEST_PORT) {
      throw new IllegalArgumentException("the endpoint's port must be between 1 and 65535");
    }
    if (db < 0 || db > LARGEST_DB) {
      throw new IllegalArgumentException("the endpoint's db must be a database's number");
    }
  }

  /**
   * Reads a URL.
   *
   * @throws IllegalArgumentException if it is none, or holds a password: it is not repeated then
   */
  public static Endpoint of(String url) {
    URI uri;
    try {
      uri = new URI(url);
    } catch (URISyntaxException e) {
      throw malformed();
    }
    boolean tls = "rediss".equalsIgnoreCase(uri.getScheme());
    if (!tls && !"redis".equalsIgnoreCase(uri.getScheme())) {
      throw malformed();
    }
    if (uri.getRawAuthority() != null && uri.getRawAuthority().contains("@")) {
      throw new IllegalArgumentException(
          "the URL must not hold a password: put it into a Secret, and remove it from the URL");
    }
    if (uri.getHost() == null || uri.getRawQuery() != null || uri.getRawFragment() != null) {
      throw malformed();
    }
    String host = uri.getHost().replaceAll("[\\[\\]]", "");
    return new Endpoint(host, uri.getPort() < 0 ? DEFAULT_PORT : uri.getPort(), db(uri), tls);
  }

  private static int db(URI uri) {
    String path = uri.getRawPath();
    if (path.isEmpty() || "/".equals(path)) {
      return 0;
    }
    if (!path.matches("/[0-9]{1,6}")) {
      throw malformed();
    }
    return Integer.parseInt(path.substring(1));
  }

  private static IllegalArgumentException malformed() {
    return new IllegalArgumentException(
        "the URL must look like redis://host:6379/0, or rediss://host:6379/0 for TLS");
  }

  private static boolean inHost(int c) {
    return (c >= 'a' && c <= 'z')
        || (c >= 'A' && c <= 'Z')
        || (c >= '0' && c <= '9')
        || "-._:".indexOf(c) >= 0;
  }

  /** Host and port, as a person writes them. */
  public String address() {
    return (host.contains(":") ? "[" + host + "]" : host) + ":" + port;
  }
}
