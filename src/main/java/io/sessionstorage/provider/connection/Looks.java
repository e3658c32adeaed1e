package io.sessionstorage.provider.connection;

import io.sessionstorage.valkey.Server;
import io.sessionstorage.valkey.ValkeyException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Map;
import java.util.concurrent.ConcurrentHashMap;

/**
 * What was just seen by one Connection, for the others that would look at the same server in the
 * same way: every team may have a Connection of one ClusterProviderConfig. Whoever has looked looks
 * again, and failures are not kept.
 */
final class Looks {
  private static final Duration FRESH = Duration.ofSeconds(5);

  private final InstantSource clock;
  private final Map<At, Look> looks = new ConcurrentHashMap<>();

  Looks(InstantSource clock) {
    this.clock = clock;
  }

  /** What is looked at, and how. */
  record At(Server server, ConnectionParameters parameters) {}

  private record Look(String by, Instant time, Seen seen) {}

  /** Looks. */
  interface Looking {
    Seen look() throws ValkeyException;
  }

  Seen get(At at, String uid, Looking looking) throws ValkeyException {
    Instant now = clock.instant();
    looks.values().removeIf(it -> it.time().plus(FRESH).isBefore(now));
    Look known = looks.get(at);
    if (known != null && !known.by().equals(uid)) {
      return known.seen();
    }
    Seen seen = looking.look();
    looks.put(at, new Look(uid, now, seen));
    return seen;
  }
}
