package io.sessionstorage.compose.rotation;

import java.util.Collection;
import java.util.Collections;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;

/**
 * The data of the Secret with the passwords, through a replacement. Beside the password of each
 * user, which whatever starts now uses, there may be the one that follows and the one before.
 */
public final class Passwords {
  /**
   * While a step is to be proven: which one, so that a Job can tell that it has the latest data.
   */
  public static final String MARK = "rotation";

  private static final String NEXT = ".next";
  private static final String PREVIOUS = ".previous";
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  private static final int LENGTH = 40;

  private Passwords() {}

  /** Where a user's new password is while the old one is still in its place. */
  public static String next(String user) {
    return user + NEXT;
  }

  /** Where a user's old password is, if it is known. */
  public static String previous(String user) {
    return user + PREVIOUS;
  }

  /** Where the password is that a user has in the end. */
  public static String latest(Map<String, String> data, String user) {
    return data.containsKey(next(user)) ? next(user) : user;
  }

  /** All passwords of one user that the data has. */
  public static List<String> of(Map<String, String> data, String user) {
    return Stream.of(user, next(user), previous(user))
        .map(key -> data.getOrDefault(key, ""))
        .filter(password -> !password.isEmpty())
        .toList();
  }

  /** What the data alone tells: the step from which nothing that is left to do is left out. */
  static Step earliestStep(Map<String, String> data) {
    if (data.keySet().stream().anyMatch(key -> key.endsWith(NEXT))) {
      return Step.ADDING;
    }
    return data.keySet().stream().anyMatch(key -> key.endsWith(PREVIOUS))
        ? Step.SWITCHING
        : Step.CURRENT;
  }

  /**
   * The data that belongs to a state.
   *
   * @param data as it was; not changed
   * @param users those who need passwords
   * @param begins whether a replacement begins with this state
   */
  public static Map<String, String> at(
      Rotation rotation,
      Map<String, String> data,
      Collection<String> users,
      boolean begins,
      RandomGenerator random) {
    Map<String, String> result = new LinkedHashMap<>(data);
    for (String user : users) {
      if (begins && data.containsKey(user)) {
        result.put(next(user), password(random));
      }
      String following = result.get(next(user));
      if (rotation.step() != Step.ADDING && following != null) {
        String former = result.put(user, following);
        if (former != null) {
          result.put(previous(user), former);
        }
        result.remove(next(user));
      }
      if (rotation.step() == Step.CURRENT) {
        result.remove(previous(user));
      }
    }
    if (rotation.step().isProven()) {
      result.put(MARK, rotation.mark());
    } else {
      result.remove(MARK);
    }
    return Collections.unmodifiableMap(result);
  }

  /** Forty characters that no shell, URL or configuration file takes for anything else. */
  public static String password(RandomGenerator random) {
    StringBuilder password = new StringBuilder(LENGTH);
    for (int i = 0; i < LENGTH; i++) {
      password.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return password.toString();
  }
}
