package io.sessionstorage.provider.store;

import io.sessionstorage.api.ConnectionSecret;
import io.sessionstorage.valkey.Server;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What consumers of a server are told. */
public final class Contract {
  private Contract() {}

  /**
   * The data of a connection Secret.
   *
   * @param username null: the user {@code default}
   * @param password null: nobody logs in
   */
  public static Map<String, String> data(
      Server server, @Nullable String username, @Nullable String password) {
    return new ConnectionSecret(
            server.endpoint().host(),
            server.endpoint().port(),
            server.endpoint().db(),
            server.endpoint().tls(),
            server.tls() == null ? null : server.tls().trust(),
            username,
            password)
        .data();
  }
}
