package io.sessionstorage.testing;

import java.io.IOException;
import java.io.InputStream;
import java.io.OutputStream;
import java.io.UncheckedIOException;
import java.net.InetAddress;
import java.net.ServerSocket;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.util.Arrays;
import java.util.Set;
import java.util.concurrent.ConcurrentHashMap;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.atomic.AtomicInteger;

/** A server on the loopback that does not behave as a Valkey does. */
public final class FaultServer implements AutoCloseable {
  private final ServerSocket listener;
  private final Fault fault;
  private final CountDownLatch end = new CountDownLatch(1);
  private final Set<Socket> open = ConcurrentHashMap.newKeySet();
  private final AtomicInteger accepted = new AtomicInteger();

  private FaultServer(Fault fault) throws IOException {
    this.fault = fault;
    listener = new ServerSocket(0, 500, InetAddress.getLoopbackAddress());
    Thread.ofVirtual().start(this::accept);
  }

  /** What it does with a connection. */
  @FunctionalInterface
  public interface Fault {
    /**
     * Handles one connection, and closes it by returning.
     *
     * @param end reaches zero when the server is closed
     */
    void handle(InputStream in, OutputStream out, CountDownLatch end)
        throws IOException, InterruptedException;
  }

  /** Begins to listen. */
  public static FaultServer start(Fault fault) throws IOException {
    return new FaultServer(fault);
  }

  /** Answers every command, whatever it is. */
  public static Fault answering(String reply) {
    byte[] bytes = reply.getBytes(StandardCharsets.ISO_8859_1);
    return (in, out, end) -> {
      byte[] command = new byte[4096];
      while (in.read(command) > 0) {
        out.write(bytes);
        out.flush();
      }
    };
  }

  /** Sends this at once, and closes. */
  public static Fault saying(String words) {
    return (in, out, end) -> out.write(words.getBytes(StandardCharsets.ISO_8859_1));
  }

  /** Takes everything and answers nothing. */
  public static Fault silent() {
    return (in, out, end) -> end.await();
  }

  /** Reads a command and closes in the middle of the reply. */
  public static Fault closingAfter(String beginning) {
    return (in, out, end) -> {
      if (in.read(new byte[4096]) > 0) {
        out.write(beginning.getBytes(StandardCharsets.ISO_8859_1));
      }
    };
  }

  /** Begins a line and never ends it. */
  public static Fault endless(char first) {
    return (in, out, end) -> {
      byte[] line = new byte[65_536];
      Arrays.fill(line, (byte) 'x');
      out.write(first);
      while (end.getCount() > 0) {
        out.write(line);
      }
    };
  }

  /** Sends a reply one byte at a time, with a tenth of a second in between. */
  public static Fault dripping(String reply) {
    return (in, out, end) -> {
      for (byte b : reply.getBytes(StandardCharsets.ISO_8859_1)) {
        out.write(b);
        out.flush();
        if (end.await(100, java.util.concurrent.TimeUnit.MILLISECONDS)) {
          return;
        }
      }
    };
  }

  private void accept() {
    while (!listener.isClosed()) {
      try {
        Socket socket = listener.accept();
        accepted.incrementAndGet();
        open.add(socket);
        Thread.ofVirtual().start(() -> serve(socket));
      } catch (IOException e) {
        if (!listener.isClosed()) {
          throw new UncheckedIOException(e);
        }
      }
    }
  }

  private void serve(Socket socket) {
    try (socket) {
      fault.handle(socket.getInputStream(), socket.getOutputStream(), end);
    } catch (IOException e) {
      // The client has gone: that is what the test is about.
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } finally {
      open.remove(socket);
    }
  }

  public int port() {
    return listener.getLocalPort();
  }

  /** How many connections there have been. */
  public int accepted() {
    return accepted.get();
  }

  @Override
  public void close() throws IOException {
    end.countDown();
    listener.close();
    for (Socket socket : open) {
      socket.close();
    }
  }
}
