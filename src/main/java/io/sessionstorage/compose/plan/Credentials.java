package io.sessionstorage.compose.plan;

import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * The store's passwords.
 *
 * @param secret the data of the Secret with all passwords, as observed and completed
 * @param aclLines the ACL file's lines, by user
 * @param missing users that the running store knows and whose password is not in the Secret any
 *     more. Nothing is made up for them: the store, and whoever uses it, would not know it.
 * @param fresh whether a password was made now
 */
public record Credentials(
    Map<String, String> secret, Map<User, String> aclLines, List<User> missing, boolean fresh) {
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  private static final int LENGTH = 40;

  static Credentials of(boolean replicated, Observed observed, RandomGenerator random) {
    Map<String, String> secret = new LinkedHashMap<>(observed.secret(Keys.AUTH));
    Map<User, String> running = lines(observed.secret(Keys.ACL).getOrDefault(Acl.FILE, ""));
    if (!observed.has(Keys.AUTH)) {
      // Its deletion asks for new passwords; that of the consumers is still in their own Secret.
      String known = observed.secret(Keys.CONNECTION).getOrDefault("password", "");
      if (!known.isEmpty() && running.getOrDefault(User.DEFAULT, "").contains(Checksum.of(known))) {
        secret.put(User.DEFAULT.text(), known);
      }
      running = Map.of();
    }
    Map<User, String> acl = new EnumMap<>(User.class);
    List<User> missing = new ArrayList<>();
    boolean fresh = false;
    for (User user : User.values()) {
      boolean known = !secret.getOrDefault(user.text(), "").isEmpty();
      String line = running.get(user);
      if (!known && line != null) {
        missing.add(user);
        acl.put(user, line);
        continue;
      }
      if (!known) {
        secret.put(user.text(), password(random));
        fresh = true;
      }
      if (Acl.users(replicated).contains(user)) {
        acl.put(user, Acl.line(user, hash(secret, user), replicated));
      }
    }
    return new Credentials(secret, acl, List.copyOf(missing), fresh);
  }

  private static String hash(Map<String, String> secret, User user) {
    return Checksum.of(secret.getOrDefault(user.text(), ""));
  }

  /** The Sentinels' ACL file. */
  public String sentinelAclFile() {
    return Acl.sentinelFile(
        hash(secret, User.DEFAULT), hash(secret, User.PROBE), hash(secret, User.SENTINEL));
  }

  /** The ACL file. */
  public String aclFile() {
    return aclLines.values().stream().map(line -> line + "\n").collect(Collectors.joining());
  }

  private static Map<User, String> lines(String file) {
    Map<User, String> lines = new EnumMap<>(User.class);
    file.lines()
        .forEach(
            line -> {
              for (User user : User.values()) {
                if (line.startsWith("user " + user.text() + " ")) {
                  lines.put(user, line);
                }
              }
            });
    return lines;
  }

  static String password(RandomGenerator random) {
    StringBuilder password = new StringBuilder(LENGTH);
    for (int i = 0; i < LENGTH; i++) {
      password.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return password.toString();
  }
}
