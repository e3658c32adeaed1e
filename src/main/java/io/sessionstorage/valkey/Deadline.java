package io.sessionstorage.valkey;

import java.net.Socket;
import java.time.Duration;
import java.util.concurrent.ScheduledExecutorService;
import java.util.concurrent.ScheduledFuture;
import java.util.concurrent.TimeUnit;
import org.jspecify.annotations.Nullable;

/** Ends whatever waits for a server, by closing its socket when the time is up. */
final class Deadline implements AutoCloseable {
  private final ScheduledExecutorService alarms;
  private final long end;
  private final ScheduledFuture<?> alarm;
  private @Nullable Socket guarded;
  private boolean passed;

  Deadline(ScheduledExecutorService alarms, Duration limit) {
    this.alarms = alarms;
    this.end = System.nanoTime() + limit.toNanos();
    this.alarm = alarms.schedule(this::pass, limit.toNanos(), TimeUnit.NANOSECONDS);
  }

  /** An earlier one: {@code percent} of the time that is left. */
  Deadline part(int percent) {
    return new Deadline(alarms, left().multipliedBy(percent).dividedBy(100));
  }

  private synchronized void pass() {
    passed = true;
    Sockets.close(guarded);
  }

  /** The socket that is waited for from now on. */
  synchronized void guard(Socket socket) {
    guarded = socket;
    if (passed) {
      Sockets.close(socket);
    }
  }

  synchronized boolean passed() {
    return passed || left().isZero();
  }

  /** Not negative. */
  Duration left() {
    return Duration.ofNanos(Math.max(0, end - System.nanoTime()));
  }

  @Override
  public void close() {
    alarm.cancel(false);
  }
}
