package io.sessionstorage.scripts;

import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.net.InetAddress;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;

/** One connection. A reply is text: {@code (nil)}, {@code [a, b]}, an error as it comes. */
final class Client implements AutoCloseable {
  private final Socket socket;
  private final InputStream in;

  Client(int port) throws IOException {
    this(InetAddress.getLoopbackAddress().getHostAddress(), port);
  }

  Client(String address, int port) throws IOException {
    socket = new Socket(InetAddress.getByName(address), port);
    socket.setSoTimeout(10_000);
    in = new BufferedInputStream(socket.getInputStream());
  }

  /** A reply that takes longer is an error; 10 s if nobody says. */
  void patience(Duration patience) throws IOException {
    socket.setSoTimeout(Math.toIntExact(patience.toMillis()));
  }

  String call(String... command) throws IOException {
    send(command);
    return reply();
  }

  void send(String... command) throws IOException {
    ByteArrayOutputStream out = new ByteArrayOutputStream();
    out.writeBytes(("*" + command.length + "\r\n").getBytes(StandardCharsets.UTF_8));
    for (String word : command) {
      byte[] bytes = word.getBytes(StandardCharsets.UTF_8);
      out.writeBytes(("$" + bytes.length + "\r\n").getBytes(StandardCharsets.UTF_8));
      out.writeBytes(bytes);
      out.writeBytes("\r\n".getBytes(StandardCharsets.UTF_8));
    }
    socket.getOutputStream().write(out.toByteArray());
  }

  String reply() throws IOException {
    String line = line();
    String rest = line.substring(1);
    return switch (line.charAt(0)) {
      case '+', '-', ':' -> rest;
      case '_' -> "(nil)";
      case '$' -> bulk(Integer.parseInt(rest));
      case '*' -> list(Integer.parseInt(rest));
      case '%' -> list(2 * Integer.parseInt(rest));
      default -> throw new IOException("not understood: " + line);
    };
  }

  private String bulk(int length) throws IOException {
    if (length < 0) {
      return "(nil)";
    }
    byte[] bytes = in.readNBytes(length + 2);
    return new String(bytes, 0, length, StandardCharsets.UTF_8);
  }

  private String list(int size) throws IOException {
    List<String> items = new ArrayList<>();
    for (int i = 0; i < size; i++) {
      items.add(reply());
    }
    return items.toString();
  }

  private String line() throws IOException {
    StringBuilder line = new StringBuilder();
    for (int c = in.read(); c != '\n'; c = in.read()) {
      if (c < 0) {
        throw new EOFException("the server closed the connection");
      }
      line.append((char) c);
    }
    return line.substring(0, line.length() - 1);
  }

  @Override
  public void close() throws IOException {
    socket.close();
  }
}
