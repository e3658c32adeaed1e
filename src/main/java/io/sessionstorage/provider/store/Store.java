package io.sessionstorage.provider.store;

import io.sessionstorage.provider.managed.ExternalFailure;
import io.sessionstorage.valkey.Server;
import org.jspecify.annotations.Nullable;

/** The server of a ProviderConfig, or why there is none: who needs no server is not held up. */
public final class Store {
  private final @Nullable Server server;
  private final String problem;

  private Store(@Nullable Server server, String problem) {
    this.server = server;
    this.problem = problem;
  }

  /** One that can be tried. */
  public static Store of(Server server) {
    return new Store(server, "");
  }

  /** One that nobody knows any more. */
  static Store unknown(String problem) {
    return new Store(null, problem);
  }

  /**
   * The server.
   *
   * @throws ExternalFailure if nobody knows it
   */
  public Server server() {
    if (server == null) {
      throw new ExternalFailure(problem);
    }
    return server;
  }
}
