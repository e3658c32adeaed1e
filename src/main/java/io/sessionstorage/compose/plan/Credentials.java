package io.sessionstorage.compose.plan;

import io.sessionstorage.api.RotationPolicy;
import io.sessionstorage.api.Store.Managed;
import io.sessionstorage.compose.rotation.Passwords;
import io.sessionstorage.compose.rotation.Rotation;
import io.sessionstorage.compose.rotation.Step;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.Collection;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.NavigableSet;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.regex.Pattern;
import java.util.stream.Collectors;

/**
 * The store's passwords.
 *
 * @param policy when they are replaced
 * @param rotation how far their replacement is
 * @param secret the data of the Secret with all passwords, as observed and completed
 * @param hashes of the passwords that the servers are to accept, by user
 * @param missing users that the running store knows and whose password is not in the Secret any
 *     more. Nothing is made up for them: the store, and whoever uses it, would not know it.
 * @param fresh whether a password was made now
 * @param progress of the replacement
 * @param consumer the password that consumers are given; empty: it is missing
 * @param proxy the password by which the proxies look for the primary; empty: it is missing
 */
public record Credentials(
    RotationPolicy policy,
    Rotation rotation,
    Map<String, String> secret,
    Map<User, NavigableSet<String>> hashes,
    List<User> missing,
    boolean fresh,
    Progress progress,
    String consumer,
    String proxy) {
  /** How long a step may take that everything takes part in: seldom more than two minutes. */
  private static final Duration USUAL = Duration.ofMinutes(10);

  /**
   * What changed now, or should have.
   *
   * @param before the step that was observed
   * @param lost whether the Secret with the passwords was gone
   * @param due whether a replacement is to begin and cannot yet
   * @param late whether a step takes longer than usual
   */
  public record Progress(Step before, boolean lost, boolean due, boolean late) {}

  private static final List<String> USERS = Arrays.stream(User.values()).map(User::text).toList();
  private static final Pattern HASH = Pattern.compile("#[0-9a-f]{64}");

  static Credentials of(Managed store, Observed observed, RandomGenerator random, Instant now) {
    Map<User, NavigableSet<String>> running =
        hashes(observed.secret(Keys.ACL).getOrDefault(Acl.FILE, ""));
    RotationState state = RotationState.of(store, observed, now);
    Map<String, String> before =
        state.lost() ? known(observed, running) : observed.secret(Keys.AUTH);
    List<User> missing =
        state.lost()
            ? List.of()
            : Arrays.stream(User.values())
                .filter(user -> before.getOrDefault(user.text(), "").isEmpty())
                .filter(running::containsKey)
                .toList();
    Rotation last = state.last();
    Rotation rotation =
        missing.isEmpty() ? last.next(store.rotation(), state.situation(), now) : last;
    boolean begins = state.lost() || (last.step() == Step.CURRENT && !rotation.equals(last));
    Map<String, String> secret =
        new LinkedHashMap<>(Passwords.at(rotation, before, USERS, begins, random));
    boolean fresh = begins;
    for (User user : User.values()) {
      if (secret.getOrDefault(user.text(), "").isEmpty() && !missing.contains(user)) {
        secret.put(user.text(), Passwords.password(random));
        fresh = true;
      }
    }
    Map<User, NavigableSet<String>> hashes = new EnumMap<>(User.class);
    for (User user : User.values()) {
      Set<String> known = running.getOrDefault(user, new TreeSet<>());
      if (missing.contains(user)) {
        hashes.put(user, new TreeSet<>(known));
      } else if (Acl.users(store.size().nodes() > 1).contains(user)) {
        hashes.put(user, accepted(rotation.step(), secret, user, known));
      }
    }
    return new Credentials(
        store.rotation(),
        rotation,
        secret,
        hashes,
        missing,
        fresh,
        new Progress(
            last.step(),
            state.lost(),
            rotation.step() == Step.CURRENT && rotation.isDue(store.rotation(), now),
            rotation.step().isProven() && now.isAfter(rotation.since().plus(USUAL))),
        rotation.step().consumersHaveNew()
            ? secret.getOrDefault(User.DEFAULT.text(), "")
            : kept(consumer(observed), User.DEFAULT, secret, hashes),
        rotation.step() != Step.ADDING
            ? secret.getOrDefault(User.PROBE.text(), "")
            : kept(Proxy.password(observed), User.PROBE, secret, hashes));
  }

  private static NavigableSet<String> accepted(
      Step step, Map<String, String> secret, User user, Set<String> running) {
    NavigableSet<String> accepted = new TreeSet<>();
    accepted.add(Checksum.of(secret.getOrDefault(user.text(), "")));
    if (step.acceptsOld()) {
      Passwords.of(secret, user.text()).stream().map(Checksum::of).forEach(accepted::add);
      // Those before, if their Secret was lost, are known by nothing else.
      accepted.addAll(running);
    }
    return accepted;
  }

  /** What somebody has and may go on with, or else what replaces it. */
  private static String kept(
      String password,
      User user,
      Map<String, String> secret,
      Map<User, NavigableSet<String>> hashes) {
    boolean accepted = hashes.getOrDefault(user, new TreeSet<>()).contains(Checksum.of(password));
    return accepted ? password : secret.getOrDefault(user.text(), "");
  }

  /** What is known of a lost Secret: other Secrets have two of its passwords. */
  private static Map<String, String> known(
      Observed observed, Map<User, NavigableSet<String>> running) {
    Map<String, String> known = new LinkedHashMap<>();
    Map.of(User.DEFAULT, consumer(observed), User.PROBE, Proxy.password(observed))
        .forEach(
            (user, password) -> {
              NavigableSet<String> hashes = running.get(user);
              if (!password.isEmpty()
                  && (hashes == null || hashes.contains(Checksum.of(password)))) {
                known.put(Passwords.previous(user.text()), password);
              }
            });
    return known;
  }

  private static String consumer(Observed observed) {
    return observed.secret(Keys.CONNECTION).getOrDefault("password", "");
  }

  /** The ACL file. */
  public String aclFile(boolean replicated) {
    return hashes.entrySet().stream()
        .map(user -> Acl.line(user.getKey(), user.getValue(), replicated) + "\n")
        .collect(Collectors.joining());
  }

  /** The Sentinels' ACL file. */
  public String sentinelAclFile() {
    return Acl.sentinelFile(of(User.DEFAULT), of(User.PROBE), of(User.SENTINEL));
  }

  private Collection<String> of(User user) {
    return hashes.getOrDefault(user, new TreeSet<>());
  }

  private static Map<User, NavigableSet<String>> hashes(String file) {
    Map<User, NavigableSet<String>> hashes = new EnumMap<>(User.class);
    file.lines()
        .map(line -> line.split(" ", 3))
        .filter(words -> words.length == 3 && words[0].equals("user"))
        .forEach(
            words ->
                User.of(words[1]).ifPresent(user -> hashes.put(user, hashesOfRules(words[2]))));
    return hashes;
  }

  private static NavigableSet<String> hashesOfRules(String rules) {
    NavigableSet<String> hashes = new TreeSet<>();
    int end;
    for (int start = 0; start < rules.length(); start = end + 1) {
      int space = rules.indexOf(' ', start);
      end = space < 0 ? rules.length() : space;
      if (rules.charAt(start) == '#' && HASH.matcher(rules).region(start, end).matches()) {
        hashes.add(rules.substring(start + 1, end));
      }
    }
    return hashes;
  }
}
