package io.sessionstorage.valkey;

import java.net.URLEncoder;
import java.nio.charset.StandardCharsets;
import org.jspecify.annotations.Nullable;

/**
 * Who logs in.
 *
 * @param username null: the user {@code default}, as servers before Redis 6 have it
 */
public record Login(@Nullable String username, String password) {
  /** The user that logs in without a name. */
  public static final String DEFAULT_USER = "default";

  /** The user's name, never null. */
  public String user() {
    return username == null || username.isEmpty() ? DEFAULT_USER : username;
  }

  String userInfo() {
    return (username == null || username.isEmpty() ? "" : encoded(username))
        + ":"
        + encoded(password);
  }

  private static String encoded(String text) {
    return URLEncoder.encode(text, StandardCharsets.UTF_8).replace("+", "%20");
  }

  String[] command() {
    return username == null || username.isEmpty()
        ? new String[] {"AUTH", password}
        : new String[] {"AUTH", username, password};
  }

  /** Without the password. */
  @Override
  public String toString() {
    return "Login[" + user() + "]";
  }
}
