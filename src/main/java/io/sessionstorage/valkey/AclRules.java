package io.sessionstorage.valkey;

import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Set;
import java.util.TreeSet;
import org.jspecify.annotations.Nullable;

/**
 * What an ACL user may do, in the form in which Valkey prints it, so that two can be compared.
 *
 * @param keys patterns with their access: {@code ~a:*}, {@code %R~b:*}
 * @param channels patterns: {@code &a:*}
 * @param commands from nothing: {@code +get}, {@code -@dangerous}, {@code +client|setinfo}; the
 *     order matters
 */
public record AclRules(Set<String> keys, Set<String> channels, List<String> commands) {
  private static final String NOTHING = "-@all";
  private static final String EVERYTHING = "+@all";

  /** Brings the rules in Valkey's form. */
  public AclRules {
    keys = Set.copyOf(keys);
    channels = Set.copyOf(channels);
    commands = canonical(commands);
  }

  /** Rules for everything whose key begins so. */
  public static AclRules of(
      List<String> keyPrefixes, List<String> channelPrefixes, List<String> commands) {
    Set<String> keys = new TreeSet<>();
    keyPrefixes.forEach(prefix -> keys.add("~" + prefix + "*"));
    Set<String> channels = new TreeSet<>();
    channelPrefixes.forEach(prefix -> channels.add("&" + prefix + "*"));
    return new AclRules(keys, channels, commands);
  }

  /** What {@code ACL GETUSER} answers, of Redis 6 and newer, and of Valkey. */
  static AclRules of(Map<String, Reply> user) {
    return new AclRules(
        patterns(user.get("keys"), "~"),
        patterns(user.get("channels"), "&"),
        words(user.get("commands")));
  }

  /** Redis 6 answers an array of patterns without their sign, newer ones a text. */
  private static Set<String> patterns(@Nullable Reply reply, String sign) {
    Set<String> patterns = new TreeSet<>();
    if (reply instanceof Reply.Array array) {
      array.texts().forEach(pattern -> patterns.add(sign + pattern));
    } else {
      patterns.addAll(words(reply));
    }
    return patterns;
  }

  private static List<String> words(@Nullable Reply reply) {
    return reply == null
        ? List.of()
        : Arrays.stream(reply.text().split(" ")).filter(word -> !word.isEmpty()).toList();
  }

  /**
   * As Valkey stores them: a rule takes the place of an earlier one about the same command or
   * category, and of those about the command's own subcommands; one about all takes that of all.
   */
  private static List<String> canonical(List<String> rules) {
    List<String> canonical = new ArrayList<>(List.of(NOTHING));
    for (String given : rules) {
      String rule = spelled(given);
      String name = rule.substring(1);
      if ("@all".equals(name)) {
        canonical.clear();
      }
      canonical.removeIf(
          earlier -> earlier.substring(1).equals(name) || earlier.startsWith(name + "|", 1));
      canonical.add(rule);
    }
    return List.copyOf(canonical);
  }

  private static String spelled(String rule) {
    String lower = rule.toLowerCase(Locale.ROOT);
    return switch (lower) {
      case "allcommands" -> EVERYTHING;
      case "nocommands" -> NOTHING;
      default -> {
        if (lower.length() < 2 || "+-".indexOf(lower.charAt(0)) < 0) {
          throw new IllegalArgumentException(
              "\"%s\" is no command rule: write +get, -flushall or +@read"
                  .formatted(Link.shown(rule)));
        }
        yield lower;
      }
    };
  }

  /** The arguments of {@code ACL SETUSER} that make a user that was reset have these rules. */
  List<String> arguments() {
    List<String> arguments = new ArrayList<>(new TreeSet<>(keys));
    arguments.add("resetchannels");
    arguments.addAll(new TreeSet<>(channels));
    arguments.addAll(commands);
    return arguments;
  }

  /** What is different here, in words, empty if nothing is. */
  public String differenceFrom(AclRules other) {
    List<String> differences = new ArrayList<>();
    if (!keys.equals(other.keys)) {
      differences.add("keys");
    }
    if (!channels.equals(other.channels)) {
      differences.add("channels");
    }
    if (!commands.equals(other.commands)) {
      differences.add("commands");
    }
    return String.join(", ", differences);
  }
}
