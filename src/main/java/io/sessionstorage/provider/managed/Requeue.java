package io.sessionstorage.provider.managed;

import java.time.Duration;

/** When to reconcile again, if nothing happens before. */
sealed interface Requeue {
  /** Not before something happens. */
  record Never() implements Requeue {}

  /** Soon, and later each time until another answer is given. */
  record Soon() implements Requeue {}

  /** After a time. */
  record After(Duration delay) implements Requeue {}
}
