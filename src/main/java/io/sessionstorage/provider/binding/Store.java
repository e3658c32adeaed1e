package io.sessionstorage.provider.binding;

import io.sessionstorage.api.ConnectionSecret;
import io.sessionstorage.provider.managed.ExternalFailure;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A store as its connection Secret describes it.
 *
 * @param key which one, to tell it from others
 * @param ca PEM; null: public authorities, or no TLS
 */
record Store(
    String key, String address, int database, boolean tls, String password, @Nullable String ca) {
  private static final String DEFAULT_USER = "default";
  private static final Pattern DATABASE = Pattern.compile("/(\\d+)$");

  /**
   * Reads a connection Secret.
   *
   * @throws ExternalFailure if ToolHive cannot use the store
   */
  static Store of(String key, Map<String, String> secret) {
    String host = required(key, secret, "host");
    String port = required(key, secret, "port");
    String user = secret.getOrDefault("username", DEFAULT_USER);
    if (!user.isEmpty() && !user.equals(DEFAULT_USER)) {
      throw new ExternalFailure(
          "%s logs in as user %s, and ToolHive's sessions cannot: they log in without a user name; give it the password of user default"
              .formatted(key, user));
    }
    Matcher database = DATABASE.matcher(secret.getOrDefault("uri", ""));
    return new Store(
        key,
        (host.contains(":") ? "[" + host + "]" : host) + ":" + port,
        database.find() ? Integer.parseInt(database.group(1)) : 0,
        Boolean.parseBoolean(secret.get("tls")),
        secret.getOrDefault("password", ""),
        secret.get(ConnectionSecret.CA));
  }

  private static String required(String key, Map<String, String> secret, String name) {
    String value = secret.get(name);
    if (value == null || value.isEmpty()) {
      throw new ExternalFailure(
          "the connection Secret of %s has no key %s yet; it comes when the store is ready"
              .formatted(key, name));
    }
    return value;
  }

  /** What the consumer's own Secret holds. */
  Map<String, String> secret() {
    Map<String, String> data = new LinkedHashMap<>();
    if (!password.isEmpty()) {
      data.put("password", password);
    }
    if (ca != null) {
      data.put(ConnectionSecret.CA, ca);
    }
    return data;
  }

  /**
   * {@code spec.sessionStorage}.
   *
   * @param secretName the consumer's own Secret
   */
  Map<String, Object> sessionStorage(String keyPrefix, String secretName) {
    Map<String, Object> fields = new LinkedHashMap<>();
    fields.put("provider", "redis");
    fields.put("address", address);
    fields.put("db", database);
    fields.put("keyPrefix", keyPrefix);
    if (!password.isEmpty()) {
      fields.put("passwordRef", Map.of("name", secretName, "key", "password"));
    }
    if (tls) {
      fields.put(
          "tls",
          ca == null
              ? Map.of()
              : Map.of("caCertSecretRef", Map.of("name", secretName, "key", ConnectionSecret.CA)));
    }
    return fields;
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "Store[" + Objects.toString(key) + "]";
  }
}
