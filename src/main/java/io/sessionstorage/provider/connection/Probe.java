package io.sessionstorage.provider.connection;

import io.sessionstorage.valkey.Failure;
import io.sessionstorage.valkey.Link;
import io.sessionstorage.valkey.Reply;
import io.sessionstorage.valkey.ValkeyException;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Looks at a server with the rights that the user has, and leaves nothing there for long. */
final class Probe {
  static final String LIFE_SECONDS = "10";
  static final String LIFE_MILLIS = LIFE_SECONDS + "000";

  private Probe() {}

  /**
   * Looks.
   *
   * @param login the user's name, null: nobody logged in
   * @param key the one key that may be written
   * @param needed commands as in an ACL
   */
  static Seen look(
      Link link, @Nullable String login, String key, List<String> needed, boolean write)
      throws ValkeyException {
    Map<String, String> hello = hello(link);
    Map<String, String> info = info(link);
    boolean sentinel =
        "sentinel".equals(hello.get("mode")) || "sentinel".equals(info.get("redis_mode"));
    if (sentinel) {
      Seen.Commands none =
          new Seen.Commands(Seen.Source.READS, List.of(), List.of(), List.of(), false);
      return seen(link, login, hello, info, none, Seen.Write.NOT_TRIED);
    }
    List<String> commands = new ArrayList<>(needed);
    if (link.endpoint().db() > 0) {
      commands.add("select");
      select(link);
    }
    Seen.Write written = write ? write(link, key) : Seen.Write.NOT_TRIED;
    Seen.Commands permitted = Commands.look(link, key, commands, write && written.error() == null);
    if (written.tried() && written.error() == null) {
      link.ask("DEL", key);
    }
    return seen(link, login, hello, info, permitted, written);
  }

  private static Seen seen(
      Link link,
      @Nullable String login,
      Map<String, String> hello,
      Map<String, String> info,
      Seen.Commands commands,
      Seen.Write write)
      throws ValkeyException {
    Reply save = link.ask("CONFIG", "GET", "save");
    return new Seen(
        link.endpoint(),
        login,
        hello,
        info,
        save instanceof Reply.Array
            ? Optional.ofNullable(save.pairs().get("save")).map(Reply::text).orElse("")
            : null,
        commands,
        write,
        link.certificate().map(it -> it.getNotAfter().toInstant()).orElse(null));
  }

  /** Everybody may call it, whatever the rights: it belongs to the login. */
  private static Map<String, String> hello(Link link) throws ValkeyException {
    Map<String, String> hello = new LinkedHashMap<>();
    link.ask("HELLO", "2").pairs().forEach((key, value) -> hello.put(key, value.text()));
    return hello;
  }

  private static Map<String, String> info(Link link) throws ValkeyException {
    Map<String, String> info = new LinkedHashMap<>();
    link.ask("INFO")
        .text()
        .lines()
        .map(line -> line.split(":", 2))
        .filter(field -> field.length == 2)
        .forEach(field -> info.put(field[0], field[1]));
    return info;
  }

  private static void select(Link link) throws ValkeyException {
    if (link.ask("SELECT", Integer.toString(link.endpoint().db())) instanceof Reply.Err error
        && !error.message().startsWith("NOPERM")) {
      throw new ValkeyException(
          Failure.REFUSED,
          "%s has no database %d: %s"
              .formatted(link.endpoint().address(), link.endpoint().db(), error.message()));
    }
  }

  /** A refusal because of missing rights is found when the commands are looked at. */
  private static Seen.Write write(Link link, String key) throws ValkeyException {
    Reply reply = link.ask("SET", key, "", "PX", LIFE_MILLIS);
    return reply instanceof Reply.Err(String message) && !message.startsWith("NOPERM")
        ? new Seen.Write(true, message)
        : new Seen.Write(true, null);
  }
}
