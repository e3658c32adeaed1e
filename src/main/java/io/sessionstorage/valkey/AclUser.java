package io.sessionstorage.valkey;

import java.nio.charset.StandardCharsets;
import java.security.MessageDigest;
import java.security.NoSuchAlgorithmException;
import java.util.ArrayList;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;

/**
 * A user of a server's ACL.
 *
 * @param on whether it may log in
 * @param passwords hashes of all passwords that it may log in with
 * @param anyPassword whether every password will do ({@code nopass})
 * @param plain whether its rights are all in {@code rules}: no selectors, all databases
 */
public record AclUser(
    boolean on, Set<String> passwords, boolean anyPassword, boolean plain, AclRules rules) {
  /** Makes the set immutable. */
  public AclUser {
    passwords = Set.copyOf(passwords);
  }

  /** A user with these rights, all of which are in {@code rules}. */
  public static AclUser of(Set<String> passwords, AclRules rules) {
    return new AclUser(true, passwords, false, true, rules);
  }

  /** Asks a server for a user; empty if it says that there is none. */
  public static Optional<AclUser> find(Link link, String name) throws ValkeyException {
    Map<String, Reply> user = link.call("ACL", "GETUSER", name).pairs();
    if (user.isEmpty()) {
      return Optional.empty();
    }
    List<String> flags = texts(user, "flags");
    String databases = user.getOrDefault("databases", new Reply.Text("alldbs")).text();
    return Optional.of(
        new AclUser(
            flags.contains("on"),
            Set.copyOf(texts(user, "passwords")),
            flags.contains("nopass"),
            texts(user, "selectors").isEmpty() && "alldbs".equals(databases),
            AclRules.of(user)));
  }

  private static List<String> texts(Map<String, Reply> user, String key) {
    return user.getOrDefault(key, new Reply.Nil()).texts();
  }

  /** Makes the server have exactly this user; connections of it stay. */
  public void write(Link link, String name) throws ValkeyException {
    List<String> command = new ArrayList<>(List.of("ACL", "SETUSER", name, "reset"));
    command.add(on ? "on" : "off");
    passwords.stream().sorted().forEach(hash -> command.add("#" + hash));
    command.addAll(rules.arguments());
    link.call(command.toArray(String[]::new));
  }

  /** Deletes a user and ends its connections. It is no failure if there is none. */
  public static void delete(Link link, String name) throws ValkeyException {
    link.call("ACL", "DELUSER", name);
  }

  /** Takes everything from a user that cannot be deleted, and ends its connections. */
  public static void shut(Link link, String name) throws ValkeyException {
    link.call("ACL", "SETUSER", name, "reset");
    link.ask("CLIENT", "KILL", "USER", name);
  }

  /** SHA-256 in hexadecimal, as the ACL stores passwords. */
  public static String hash(String password) {
    try {
      return HexFormat.of()
          .formatHex(
              MessageDigest.getInstance("SHA-256")
                  .digest(password.getBytes(StandardCharsets.UTF_8)));
    } catch (NoSuchAlgorithmException e) {
      throw new IllegalStateException("every Java has SHA-256", e);
    }
  }

  /** What the rest of this user is other than {@code other}; passwords are not looked at. */
  public String differenceFrom(AclUser other) {
    List<String> differences = new ArrayList<>();
    if (on != other.on) {
      differences.add(on ? "it is off" : "it is on");
    }
    if (anyPassword != other.anyPassword) {
      differences.add("any password will do");
    }
    if (plain != other.plain) {
      differences.add("it has selectors or a choice of databases");
    }
    String rights = rules.differenceFrom(other.rules);
    if (!rights.isEmpty()) {
      differences.add("its rights differ: " + rights);
    }
    return String.join("; ", differences);
  }

  /** Without the hashes. */
  @Override
  public String toString() {
    return "AclUser[on=%s, passwords=%d, %s]".formatted(on, passwords.size(), rules);
  }
}
