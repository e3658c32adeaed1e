package io.sessionstorage.provider.connection;

import io.sessionstorage.valkey.Endpoint;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/**
 * What a look at a server showed.
 *
 * @param login the user that logged in, null: nobody did
 * @param hello what HELLO answers: server, version, mode, role; empty before Redis 6
 * @param info what INFO answers; empty: the user may not call it
 * @param save the points in time at which a snapshot is taken, as CONFIG GET answers it; null: the
 *     user may not ask
 * @param commands which commands the user may call
 * @param write what a write of the probe was answered
 * @param notAfter when the server's certificate expires, null: plaintext
 */
record Seen(
    Endpoint endpoint,
    @Nullable String login,
    Map<String, String> hello,
    Map<String, String> info,
    @Nullable String save,
    Commands commands,
    Write write,
    @Nullable Instant notAfter) {

  /**
   * Which commands the user may call.
   *
   * @param source how it was found out
   * @param denied those that it may not call, as in an ACL
   * @param missing those that the server does not have
   * @param untold those of which it cannot be told
   * @param keysDenied whether the user may not use the keys
   */
  record Commands(
      Source source,
      List<String> denied,
      List<String> missing,
      List<String> untold,
      boolean keysDenied) {}

  /** How it was found out which commands are permitted. */
  enum Source {
    DRY_RUN("ACL DRYRUN"),
    PROBE("calling them with a probe key"),
    READS("calling those that do not write");

    private final String text;

    Source(String text) {
      this.text = text;
    }

    String text() {
      return text;
    }
  }

  /**
   * What became of a write.
   *
   * @param error the server's answer if it refused, null: it took the write
   * @param tried false: writes are switched off
   */
  record Write(boolean tried, @Nullable String error) {
    static final Write NOT_TRIED = new Write(false, null);
  }

  /** A field of INFO, empty if there is none. */
  String info(String field) {
    return info.getOrDefault(field, "");
  }

  /** A field of INFO as a number; negative if there is none. */
  long number(String field) {
    try {
      return Long.parseLong(info(field));
    } catch (NumberFormatException e) {
      return -1;
    }
  }

  /** The server's name: valkey or redis, or the like. */
  String server() {
    String name = info("server_name");
    return !name.isEmpty() ? name : hello.getOrDefault("server", "redis");
  }

  /** The version, empty if it is unknown. */
  String version() {
    for (String field : List.of(info("valkey_version"), hello.getOrDefault("version", ""))) {
      if (!field.isEmpty()) {
        return field;
      }
    }
    return info("redis_version");
  }

  /** standalone, sentinel or cluster; empty if it is unknown. */
  String mode() {
    String mode = hello.getOrDefault("mode", "");
    if (!mode.isEmpty()) {
      return mode;
    }
    return info("server_mode").isEmpty() ? info("redis_mode") : info("server_mode");
  }

  /** master or replica; empty if it is unknown. */
  String role() {
    String role = hello.getOrDefault("role", info("role"));
    return "slave".equals(role) ? "replica" : role;
  }

  /** Whether anybody may log in. */
  boolean anonymous() {
    return login == null;
  }
}
