package io.sessionstorage.serve;

import java.net.InetSocketAddress;

/** Addresses to listen on, as Go writes them. */
public final class Addresses {
  private Addresses() {}

  /**
   * Parses {@code HOST:PORT}, {@code [IPv6]:PORT} or {@code :PORT}; port 0 lets the system choose.
   *
   * @throws IllegalArgumentException if it is none of these
   */
  public static InetSocketAddress parse(String text) {
    int colon = text.lastIndexOf(':');
    try {
      int port = Integer.parseInt(text.substring(colon + 1));
      String host = text.substring(0, Math.max(colon, 0)).replaceAll("[\\[\\]]", "");
      return host.isEmpty() ? new InetSocketAddress(port) : new InetSocketAddress(host, port);
    } catch (NumberFormatException e) {
      throw new IllegalArgumentException(
          "'" + text + "' is no address such as :9443 or 127.0.0.1:9443", e);
    }
  }
}
