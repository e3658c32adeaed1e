package io.sessionstorage.scripts;

import io.sessionstorage.compose.plan.User;
import java.io.IOException;
import java.util.ArrayList;
import java.util.List;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.TimeUnit;

/**
 * Writes one key after the other. Whenever its connection ends it tries the same one again on a new
 * one, as often as it takes.
 */
final class Writer implements AutoCloseable {
  private static final int PERIOD_MS = 2;

  private final RealProxy proxy;
  private final List<String> refused = new ArrayList<>();
  private final List<Integer> acknowledged = new ArrayList<>();
  private final CompletableFuture<Void> done;
  private volatile boolean ending;

  private Writer(RealProxy proxy) {
    this.proxy = proxy;
    // Not a thread of the common pool, which others wait for.
    done = CompletableFuture.runAsync(this::write, Thread::startVirtualThread);
  }

  static Writer start(RealProxy proxy) {
    return new Writer(proxy);
  }

  private void write() {
    int next = 0;
    while (!ending) {
      try (Client client = login(proxy)) {
        while (!ending) {
          String reply = client.call("SET", "thv:" + next, "" + next, "EX", "3600");
          synchronized (this) {
            if (reply.equals("OK")) {
              acknowledged.add(next);
            } else {
              refused.add(reply);
            }
          }
          next++;
          TimeUnit.MILLISECONDS.sleep(PERIOD_MS);
        }
      } catch (IOException e) {
        // again
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }

  private static Client login(RealProxy proxy) throws IOException {
    Client client = proxy.connect();
    String reply = client.call("AUTH", User.DEFAULT.text());
    if (!reply.equals("OK")) {
      client.close();
      throw new IOException(reply);
    }
    return client;
  }

  /** How many were acknowledged until now. */
  synchronized int count() {
    return acknowledged.size();
  }

  /** Ends it, and returns the replies that were no acknowledgement. */
  List<String> refused() {
    ending = true;
    done.join();
    return refused;
  }

  /** The acknowledged keys that are not there any more. */
  List<Integer> lost() throws IOException {
    ending = true;
    done.join();
    List<Integer> lost = new ArrayList<>();
    try (Client client = login(proxy)) {
      for (int key : acknowledged) {
        if (!client.call("GET", "thv:" + key).equals("" + key)) {
          lost.add(key);
        }
      }
    }
    return lost;
  }

  @Override
  public void close() {
    ending = true;
    done.join();
  }
}
