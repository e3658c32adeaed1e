package io.sessionstorage.compose.plan;

import static java.util.stream.Collectors.joining;

import io.sessionstorage.api.ToolHive;
import java.util.Collection;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.Set;

/** What each user of a store may do. */
public final class Acl {
  /** The file's name, where it is mounted and in its Secret. */
  public static final String FILE = "users.acl";

  /** The file of the Sentinels. */
  public static final String SENTINEL_FILE = "sentinel.acl";

  private static final String PROBE_OF_REPLICATED = "resetchannels -@all +ping +role +info";
  private static final String REPLICATION = "resetchannels -@all +psync +replconf +ping";
  // Beside what reload.sh does: what a person needs who looks for a fault.
  private static final String OPERATOR =
      "resetchannels -@all +ping +info +role +acl|list +acl|load +acl|log"
          + " +client|list +client|kill +config|get +config|set +script|kill";
  // valkey-cli --rdb, and which node to read.
  private static final String BACKUP = "resetchannels -@all +sync +replconf +ping +info +role";
  private static final String SENTINEL =
      "&* -@all +ping +info +role +multi +exec +publish +subscribe +slaveof"
          + " +config|rewrite +client|setname +client|kill +script|kill";

  private static final String PROBE_OF_SENTINEL = "resetchannels -@all +ping +sentinel|ckquorum";

  /** What a client that asks Sentinel for the primary does. */
  private static final String ASKS_SENTINEL =
      "&* -@all +ping +client|setinfo +client|setname +subscribe +psubscribe +unsubscribe"
          + " +sentinel|get-master-addr-by-name +sentinel|get-primary-addr-by-name"
          + " +sentinel|master +sentinel|masters +sentinel|replicas +sentinel|slaves"
          + " +sentinel|sentinels";

  private static final Map<User, String> RULES =
      new EnumMap<>(
          Map.of(
              User.DEFAULT,
              "~" + ToolHive.KEYS + "* resetchannels -@all " + allowed(ToolHive.SESSION_COMMANDS),
              User.PROBE,
              "resetchannels -@all +ping +role",
              User.BACKUP,
              BACKUP,
              User.OPERATOR,
              OPERATOR));

  private static final Map<User, String> REPLICATED = new EnumMap<>(RULES);

  static {
    REPLICATED.put(User.PROBE, PROBE_OF_REPLICATED);
    // stop-node.sh
    REPLICATED.put(User.OPERATOR, OPERATOR + " +client|pause +client|unpause");
    REPLICATED.put(User.REPLICATION, REPLICATION);
    REPLICATED.put(User.SENTINEL, SENTINEL);
  }

  private Acl() {}

  /** The users that a store has, of one node or of several. */
  static Set<User> users(boolean replicated) {
    return (replicated ? REPLICATED : RULES).keySet();
  }

  /**
   * A user's line, word for word as {@code ACL LIST} prints it: {@code reload.sh} compares them.
   *
   * @param hash of the password
   * @param replicated whether the store has several nodes
   */
  public static String line(User user, String hash, boolean replicated) {
    return line(user, List.of(hash), replicated);
  }

  /** As {@link #line(User, String, boolean)}, of a user who has several passwords. */
  public static String line(User user, Collection<String> hashes, boolean replicated) {
    String rules = (replicated ? REPLICATED : RULES).get(user);
    if (rules == null) {
      throw new IllegalArgumentException("a store has no user " + user.text());
    }
    return line(user, hashes, rules);
  }

  /**
   * The Sentinels' own ACL file: consumers may ask for the primary, the observer whether there is a
   * quorum, the user sentinel may do everything.
   */
  public static String sentinelFile(
      Collection<String> consumerHashes,
      Collection<String> probeHashes,
      Collection<String> sentinelHashes) {
    return line(User.DEFAULT, consumerHashes, ASKS_SENTINEL)
        + "\n"
        + line(User.PROBE, probeHashes, PROBE_OF_SENTINEL)
        + "\n"
        + line(User.SENTINEL, sentinelHashes, "~* &* +@all")
        + "\n";
  }

  private static String allowed(List<String> commands) {
    return commands.stream().map(command -> "+" + command).collect(joining(" "));
  }

  private static String line(User user, Collection<String> hashes, String rules) {
    return "user " + user.text() + " on #" + String.join(" #", hashes) + " " + rules;
  }
}
