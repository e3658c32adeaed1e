package io.sessionstorage.provider.config;

import io.sessionstorage.provider.managed.ExternalFailure;
import java.net.URI;
import java.net.URISyntaxException;
import java.util.Objects;
import java.util.regex.Pattern;

/** {@code redis[s]://HOST[:PORT][/DATABASE]}. */
record EndpointUrl(String host, int port, int database, boolean tls) {
  private static final int DEFAULT_PORT = 6379;
  private static final int LARGEST_PORT = 65535;
  private static final Pattern DATABASE = Pattern.compile("/?|/\\d{1,5}");

  /**
   * Reads it.
   *
   * @throws ExternalFailure if it is none; the message does not repeat it, for it may hold a
   *     password
   */
  static EndpointUrl parse(String text) {
    try {
      URI uri = new URI(text);
      boolean tls = "rediss".equals(uri.getScheme());
      String path = Objects.requireNonNullElse(uri.getPath(), "");
      int port = uri.getPort() == -1 ? DEFAULT_PORT : uri.getPort();
      if ((tls || "redis".equals(uri.getScheme()))
          && uri.getHost() != null
          && uri.getUserInfo() == null
          && uri.getQuery() == null
          && uri.getFragment() == null
          && port >= 1
          && port <= LARGEST_PORT
          && DATABASE.matcher(path).matches()) {
        String host = uri.getHost().replaceAll("^\\[|]$", "");
        return new EndpointUrl(
            host, port, path.length() > 1 ? Integer.parseInt(path.substring(1)) : 0, tls);
      }
    } catch (URISyntaxException e) {
      // reported below, without the text
    }
    throw new ExternalFailure(
        "spec.endpoint of the ProviderConfig must be redis://HOST:PORT/DATABASE, or rediss://HOST:PORT/DATABASE for TLS, without user name and password");
  }
}
