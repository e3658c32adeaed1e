package io.sessionstorage.compose.plan;

import java.util.EnumMap;
import java.util.Map;
import java.util.Set;

/** What each user of a store may do. */
public final class Acl {
  /** The file's name, where it is mounted and in its Secret. */
  public static final String FILE = "users.acl";

  private static final Map<User, String> RULES =
      new EnumMap<>(
          Map.of(
              User.DEFAULT,
              "~thv:* resetchannels -@all +ping +client|setinfo +get +set +getex +del"
                  + " +eval +evalsha +hmget +hset +expire +pexpire +time",
              User.PROBE,
              "resetchannels -@all +ping +role",
              // Beside what reload.sh does: what a person needs who looks for a fault.
              User.OPERATOR,
              "resetchannels -@all +ping +info +role +acl|list +acl|load +acl|log"
                  + " +client|list +config|get +config|set +script|kill"));

  /** The users that a store has. */
  static final Set<User> USERS = RULES.keySet();

  private Acl() {}

  /**
   * A user's line, word for word as {@code ACL LIST} prints it: {@code reload.sh} compares them.
   *
   * @param hash of the password
   */
  public static String line(User user, String hash) {
    String rules = RULES.get(user);
    if (rules == null) {
      throw new IllegalArgumentException("a store has no user " + user.text());
    }
    return "user " + user.text() + " on #" + hash + " " + rules;
  }
}
