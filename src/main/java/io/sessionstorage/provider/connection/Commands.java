package io.sessionstorage.provider.connection;

import io.sessionstorage.provider.connection.Seen.Source;
import io.sessionstorage.valkey.Link;
import io.sessionstorage.valkey.Reply;
import io.sessionstorage.valkey.ValkeyException;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;

/**
 * Finds out which commands a user may call: by ACL DRYRUN, or by calling them so that they change
 * nothing, for the server looks at the rights first. Calls that could write go to one key, which
 * holds a string with an expiry: commands for other types are refused by its type.
 */
final class Commands {
  private static final String NO_SCRIPT = "0000000000000000000000000000000000000000";
  private static final Set<String> READS =
      Set.of(
          "ping",
          "client|setinfo",
          "time",
          "get",
          "hmget",
          "mget",
          "exists",
          "ttl",
          "pttl",
          "type",
          "smembers",
          "scan",
          "zcard",
          "zcount",
          "zrange",
          "eval",
          "evalsha",
          "watch",
          "unwatch");

  private final Link link;
  private final String key;
  private final List<String> denied = new ArrayList<>();
  private final List<String> missing = new ArrayList<>();
  private final List<String> untold = new ArrayList<>();
  private boolean keysDenied;

  private Commands(Link link, String key) {
    this.link = link;
    this.key = key;
  }

  /**
   * Finds out.
   *
   * @param key the probe's key
   * @param needed commands as in an ACL
   * @param write whether the probe may be written
   */
  static Seen.Commands look(Link link, String key, List<String> needed, boolean write)
      throws ValkeyException {
    Commands commands = new Commands(link, key);
    String user = link.ask("ACL", "WHOAMI").text();
    boolean dryRun = !user.isEmpty() && !(link.ask(dryRun(user, "PING")) instanceof Reply.Err);
    Source source = dryRun ? Source.DRY_RUN : write ? Source.PROBE : Source.READS;
    for (String command : needed) {
      if (dryRun) {
        commands.ask(command, user);
      } else if (write || READS.contains(command)) {
        commands.call(command);
      } else {
        commands.untold.add(command);
      }
    }
    return new Seen.Commands(
        source,
        List.copyOf(commands.denied),
        List.copyOf(commands.missing),
        List.copyOf(commands.untold),
        commands.keysDenied);
  }

  private void ask(String command, String user) throws ValkeyException {
    Reply reply = link.ask(dryRun(user, arguments(command)));
    if (reply instanceof Reply.Err(String message)) {
      if (message.contains("not found")) {
        missing.add(command);
      } else {
        untold.add(command);
      }
    } else if (!"OK".equals(reply.text())) {
      deny(command, reply.text());
    }
  }

  private void call(String command) throws ValkeyException {
    if ("multi".equals(command) && denied.containsAll(List.of("exec", "discard"))) {
      // Nothing would end it.
      untold.add(command);
      return;
    }
    if (link.ask(arguments(command)) instanceof Reply.Err(String message)) {
      if (message.startsWith("NOPERM")) {
        deny(command, message);
      } else if (message.startsWith("ERR unknown command")) {
        missing.add(command);
      }
    } else if ("multi".equals(command)) {
      link.ask(denied.contains("exec") ? "DISCARD" : "EXEC");
    }
  }

  /** Valkey names the key that is denied, or speaks of "a key". */
  private void deny(String command, String message) {
    if (message.contains(" key")) {
      keysDenied = true;
    } else {
      denied.add(command);
    }
  }

  private static String[] dryRun(String user, String... command) {
    List<String> words = new ArrayList<>(List.of("ACL", "DRYRUN", user));
    words.addAll(List.of(command));
    return words.toArray(String[]::new);
  }

  /** A call that changes nothing, whether the key is there, with its expiry, or not. */
  private String[] arguments(String command) {
    String none = key + ":none";
    return switch (command) {
      case "client|setinfo" -> words("CLIENT", "SETINFO", "LIB-NAME", "session-storage");
      case "get", "ttl", "pttl", "type", "exists", "mget" -> words(command, key);
      case "del", "persist" -> words(command, none);
      case "set" -> words("SET", key, "", "PX", Probe.LIFE_MILLIS);
      case "getex" -> words("GETEX", key, "PX", Probe.LIFE_MILLIS);
      case "expire" -> words("EXPIRE", key, Probe.LIFE_SECONDS);
      case "pexpire" -> words("PEXPIRE", key, Probe.LIFE_MILLIS);
      case "hmget", "smembers", "zcard" ->
          "hmget".equals(command) ? words(command, key, "field") : words(command, key);
      case "hset", "hsetnx" -> words(command, key, "field", "");
      case "sadd", "srem", "zrem" -> words(command, key, "member");
      case "zadd" -> words("ZADD", key, "XX", "0", "member");
      case "zcount", "zremrangebyscore" -> words(command, key, "1", "0");
      case "zrange" -> words("ZRANGE", key, "1", "0");
      case "eval" -> words("EVAL", "return 1", "0");
      case "evalsha" -> words("EVALSHA", NO_SCRIPT, "0");
      case "scan" -> words("SCAN", "0", "COUNT", "1");
      case "watch" -> words("WATCH", none);
      case "select" -> words("SELECT", Integer.toString(link.endpoint().db()));
      default -> words(command);
    };
  }

  private static String[] words(String... words) {
    return words;
  }
}
