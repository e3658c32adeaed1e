package io.sessionstorage.api;

import java.nio.charset.StandardCharsets;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What consumers find in {@code <name>-connection}: the keys of the Service Binding specification
 * and those of ToolHive's proposal, the same for every store.
 *
 * @param host a name or an address; an IPv6 address without brackets
 * @param tls whether the port speaks TLS
 * @param trust the CAs of the server's certificate as PEM, null: those of the system, or no TLS
 * @param username null or empty: the user {@code default}
 * @param password null or empty: nobody logs in
 */
public record ConnectionSecret(
    String host,
    int port,
    int db,
    boolean tls,
    @Nullable String trust,
    @Nullable String username,
    @Nullable String password) {
  /** The CAs' key. */
  public static final String CA = "ca.crt";

  private static final String DEFAULT_USER = "default";

  /** The Secret's data, decoded. */
  public Map<String, String> data() {
    Map<String, String> data = new LinkedHashMap<>();
    data.put("type", "valkey");
    data.put("provider", "session-storage");
    data.put("host", host);
    data.put("port", Integer.toString(port));
    data.put("tls", Boolean.toString(tls));
    if (trust != null) {
      data.put(CA, trust);
    }
    data.put("SESSION_STORAGE_TYPE", "redis");
    if (password == null || password.isEmpty()) {
      data.put("uri", url(""));
      data.put("REDIS_URL", url(""));
      return data;
    }
    String user = username == null || username.isEmpty() ? DEFAULT_USER : username;
    String shortUser = DEFAULT_USER.equals(user) ? "" : encoded(user);
    data.put("username", user);
    data.put("password", password);
    data.put("uri", url(encoded(user) + ":" + encoded(password) + "@"));
    data.put("REDIS_PASSWORD", password);
    data.put("REDIS_URL", url(shortUser + ":" + encoded(password) + "@"));
    return data;
  }

  private String url(String userInfo) {
    return (tls ? "rediss://" : "redis://")
        + userInfo
        + (host.contains(":") ? "[" + host + "]" : host)
        + ":"
        + port
        + (db == 0 ? "" : "/" + db);
  }

  /** Percent-encoded, but for what RFC 3986 calls unreserved. */
  private static String encoded(String text) {
    StringBuilder encoded = new StringBuilder();
    for (byte b : text.getBytes(StandardCharsets.UTF_8)) {
      boolean plain = Character.isLetterOrDigit(b) || "-._~".indexOf(b) >= 0;
      encoded.append(plain ? Character.toString(b) : "%%%02X".formatted(b));
    }
    return encoded.toString();
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "ConnectionSecret[%s:%d]".formatted(host, port);
  }
}
