package io.sessionstorage.compose.rotation;

import java.util.Arrays;
import java.util.Locale;
import java.util.Optional;

/** How far the replacement of a store's passwords is. */
public enum Step {
  /** No replacement goes on: there is one password for each user. */
  CURRENT,

  /** There are new passwords, which nobody uses yet: every server is to accept them. */
  ADDING,

  /** The store itself is to go over to the new passwords. Consumers still have the old one. */
  SWITCHING,

  /** Consumers are given the new password; the old ones are still accepted. */
  OVERLAP,

  /** Every server is to refuse the old passwords. */
  REMOVING;

  private final String text = name().charAt(0) + name().substring(1).toLowerCase(Locale.ROOT);

  /** As in the status and on objects. */
  public String text() {
    return text;
  }

  /** Whether a Job has to see in the store that it is done. */
  public boolean isProven() {
    return this == ADDING || this == SWITCHING || this == REMOVING;
  }

  /** Whether consumers have the password that the store itself had last. */
  public boolean consumersHaveNew() {
    return this != ADDING && this != SWITCHING;
  }

  /** Whether servers accept more than one password of a user. */
  public boolean acceptsOld() {
    return this == ADDING || this == SWITCHING || this == OVERLAP;
  }

  static Optional<Step> of(String text) {
    return Arrays.stream(values()).filter(step -> step.text().equals(text)).findFirst();
  }
}
