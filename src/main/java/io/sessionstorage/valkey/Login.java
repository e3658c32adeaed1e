package io.sessionstorage.valkey;

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
