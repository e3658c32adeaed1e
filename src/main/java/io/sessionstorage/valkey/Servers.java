package io.sessionstorage.valkey;

import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.HashMap;
import java.util.Iterator;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.LinkedBlockingQueue;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.ScheduledThreadPoolExecutor;
import java.util.concurrent.Semaphore;
import java.util.concurrent.ThreadFactory;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicInteger;
import org.jspecify.annotations.Nullable;

/**
 * The connections to all servers. Each server has at most {@link #PER_SERVER} of them, however many
 * resources use it, and at most {@link #IDLE} are kept for later in all. Safe for use by several
 * threads.
 *
 * <p>A server that cannot be used costs one caller at a time its patience: the others are told the
 * same failure at once, until somebody finds it mended.
 */
public final class Servers implements AutoCloseable {
  /** The most connections to one host and port. */
  public static final int PER_SERVER = 4;

  /** The most connections that wait to be used again. */
  static final int IDLE = 64;

  /** How long one caller may take, the opening of the connection included. */
  private static final Duration PATIENCE = Duration.ofSeconds(5);

  private static final Duration KEPT_IDLE = Duration.ofSeconds(30);

  /** So that a renewed certificate is seen. */
  private static final Duration LONGEST_LIFE = Duration.ofMinutes(5);

  private static final Duration SWEEP = Duration.ofSeconds(10);
  private static final Duration TOLD = Duration.ofSeconds(2);
  private static final Duration REMEMBERED = Duration.ofMinutes(2);
  private static final int RESOLVERS = 4;

  private final ScheduledThreadPoolExecutor alarms =
      new ScheduledThreadPoolExecutor(1, daemons("valkey-deadline"));
  private final ScheduledFuture<?> sweeping;
  private final ExecutorService resolvers;
  private final Sockets sockets;
  private final Duration patience;
  private final Map<String, Gate> gates = new HashMap<>();
  private final Map<Server, Trouble> troubles = new HashMap<>();
  private final Deque<Idle> idle = new ArrayDeque<>();
  private boolean closed;

  /** With the usual patience. */
  public Servers() {
    this(PATIENCE);
  }

  Servers(Duration patience) {
    this.patience = patience;
    ThreadPoolExecutor lookups =
        new ThreadPoolExecutor(
            RESOLVERS,
            RESOLVERS,
            KEPT_IDLE.toSeconds(),
            TimeUnit.SECONDS,
            new LinkedBlockingQueue<>(),
            daemons("valkey-resolver"));
    lookups.allowCoreThreadTimeOut(true);
    resolvers = lookups;
    sockets = new Sockets(resolvers);
    alarms.setRemoveOnCancelPolicy(true);
    sweeping =
        alarms.scheduleWithFixedDelay(
            this::sweep, SWEEP.toSeconds(), SWEEP.toSeconds(), TimeUnit.SECONDS);
  }

  /** What is done with a connection. */
  @FunctionalInterface
  public interface Task<T> {
    T run(Link link) throws ValkeyException;
  }

  /**
   * Runs a task on a connection whose login has just succeeded.
   *
   * @throws ValkeyException if the server cannot be used, or the task says so
   */
  public <T> T use(Server server, Task<T> task) throws ValkeyException {
    Gate gate = enter(server);
    try (Deadline deadline = new Deadline(alarms, patience)) {
      gate.pass(server.endpoint(), deadline);
      try {
        check(server);
        T result = run(server, gate, deadline, task);
        mended(server);
        return result;
      } catch (ValkeyException e) {
        note(server, e);
        throw e;
      } catch (RuntimeException e) {
        mended(server);
        throw e;
      } finally {
        gate.permits.release();
      }
    } finally {
      leave(server, gate);
    }
  }

  private <T> T run(Server server, Gate gate, Deadline deadline, Task<T> task)
      throws ValkeyException {
    Idle used = reused(server, deadline);
    if (used == null) {
      makeRoom(server.endpoint().address(), gate);
      used = new Idle(server, sockets.open(server, deadline), System.nanoTime(), 0);
    }
    Link link = used.link;
    link.until(deadline);
    boolean done = false;
    try {
      T result = task.run(link);
      done = true;
      return result;
    } catch (ValkeyException e) {
      done = link.usable();
      throw e;
    } finally {
      if (done && link.usable() && !deadline.passed()) {
        keep(used);
      } else {
        link.close();
      }
    }
  }

  /** One that was idle and still works, null if there is none. */
  private @Nullable Idle reused(Server server, Deadline deadline) throws ValkeyException {
    for (Idle found = take(server); found != null; found = take(server)) {
      found.link.until(deadline);
      try {
        found.link.login();
        return found;
      } catch (ValkeyException e) {
        found.link.close();
        if (e.failure() != Failure.CLOSED) {
          throw e;
        }
      }
    }
    return null;
  }

  private synchronized @Nullable Idle take(Server server) {
    for (Iterator<Idle> all = idle.descendingIterator(); all.hasNext(); ) {
      Idle candidate = all.next();
      if (candidate.server.equals(server)) {
        all.remove();
        return candidate;
      }
    }
    return null;
  }

  private synchronized void keep(Idle used) {
    if (closed || older(used.opened, LONGEST_LIFE)) {
      used.link.close();
      return;
    }
    idle.addLast(new Idle(used.server, used.link, used.opened, System.nanoTime()));
    if (idle.size() > IDLE) {
      idle.removeFirst().link.close();
    }
  }

  /** Idle connections of other users give way to a new one. */
  private synchronized void makeRoom(String address, Gate gate) {
    int busy = PER_SERVER - gate.permits.availablePermits();
    int waiting = 0;
    for (Iterator<Idle> all = idle.descendingIterator(); all.hasNext(); ) {
      Idle candidate = all.next();
      if (candidate.server.endpoint().address().equals(address) && busy + ++waiting > PER_SERVER) {
        all.remove();
        candidate.link.close();
      }
    }
  }

  private synchronized void sweep() {
    idle.removeIf(
        one -> {
          boolean old = older(one.since, KEPT_IDLE);
          if (old) {
            one.link.close();
          }
          return old;
        });
    troubles.values().removeIf(trouble -> !trouble.probed && older(trouble.since, REMEMBERED));
  }

  private synchronized Gate enter(Server server) throws ValkeyException {
    if (closed) {
      throw new IllegalStateException("closed");
    }
    tell(server);
    Gate gate = gates.computeIfAbsent(server.endpoint().address(), _ -> new Gate());
    gate.users.incrementAndGet();
    return gate;
  }

  private synchronized void leave(Server server, Gate gate) {
    if (gate.users.decrementAndGet() == 0) {
      gates.remove(server.endpoint().address());
    }
  }

  private void tell(Server server) throws ValkeyException {
    Trouble trouble = troubles.get(server);
    if (trouble != null && (trouble.probed || !older(trouble.since, TOLD))) {
      throw trouble.failure.again();
    }
  }

  /** The one caller that may try again, if there is trouble. */
  private synchronized void check(Server server) throws ValkeyException {
    tell(server);
    Trouble trouble = troubles.get(server);
    if (trouble != null) {
      troubles.put(server, new Trouble(trouble.failure, trouble.since, true));
    }
  }

  private synchronized void mended(Server server) {
    troubles.remove(server);
  }

  private synchronized void note(Server server, ValkeyException e) {
    Trouble known = troubles.get(server);
    if (known != null && e.getCause() == known.failure) {
      return;
    }
    if (e.failure().ofConnection()) {
      troubles.put(server, new Trouble(e, System.nanoTime(), false));
    } else {
      troubles.remove(server);
    }
  }

  private static boolean older(long nanos, Duration age) {
    return System.nanoTime() - nanos > age.toNanos();
  }

  /** How many connections wait to be used again. */
  synchronized int idle() {
    return idle.size();
  }

  private static ThreadFactory daemons(String name) {
    return Thread.ofPlatform().daemon().name(name, 0).factory();
  }

  @Override
  public synchronized void close() {
    closed = true;
    idle.forEach(one -> one.link.close());
    idle.clear();
    sweeping.cancel(false);
    alarms.shutdownNow();
    resolvers.shutdownNow();
  }

  private record Idle(Server server, Link link, long opened, long since) {}

  private record Trouble(ValkeyException failure, long since, boolean probed) {}

  /** The way to one host and port. */
  private static final class Gate {
    final Semaphore permits = new Semaphore(PER_SERVER, true);
    final AtomicInteger users = new AtomicInteger();

    void pass(Endpoint endpoint, Deadline deadline) throws ValkeyException {
      try {
        if (!permits.tryAcquire(deadline.left().toNanos(), TimeUnit.NANOSECONDS)) {
          throw new ValkeyException(
              Failure.TIMEOUT,
              "%s is slow: all %d connections to it are in use"
                  .formatted(endpoint.address(), PER_SERVER));
        }
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        throw Sockets.interrupted(endpoint, e);
      }
    }
  }
}
