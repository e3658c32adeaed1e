package io.sessionstorage.compose.plan;

import java.util.*;

/** x. */
public final class Acl {
  /** x. */
  public static final String FILE = "users.acl";

  static final Set<User> USERS = EnumSet.of(User.DEFAULT, User.PROBE, User.OPERATOR);

  private Acl() {}

  static String line(User user, String hash) {
    return "user " + user.text() + " on #" + hash + " resetchannels resetkeys -@all";
  }
}
