package io.sessionstorage.valkey;

import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.InputStream;
import java.nio.charset.StandardCharsets;
import java.util.ArrayList;
import java.util.List;

/**
 * Reads replies from a server that is not trusted: whatever it sends, a reply costs at most {@link
 * #LARGEST} bytes and {@link #DEEPEST} calls, and memory only for what has arrived.
 */
final class ReplyReader {
  /** The largest reply, in bytes. ACL LIST of thousands of users fits. */
  static final int LARGEST = 4 << 20;

  /** What is kept of a line, in bytes; the rest of an error or a status is dropped. */
  static final int LONGEST_LINE = 1024;

  private static final int DEEPEST = 8;

  private final InputStream in;
  private int left;

  ReplyReader(InputStream in) {
    this.in = in;
  }

  /**
   * The next reply.
   *
   * @throws EOFException if the server closed the connection before its end
   * @throws NotAReply if it is no RESP2
   */
  Reply read() throws IOException {
    left = LARGEST;
    return read(DEEPEST);
  }

  private Reply read(int depth) throws IOException {
    int type = next();
    return switch (type) {
      case '+' -> new Reply.Text(line());
      case '-' -> new Reply.Err(line());
      case ':' -> new Reply.Int(number());
      case '$' -> bulk(number());
      case '*' -> array(number(), depth);
      default -> throw new NotAReply(type);
    };
  }

  private Reply bulk(long length) throws IOException {
    if (length == -1) {
      return new Reply.Nil();
    }
    if (length < 0 || length > left) {
      throw new NotAReply('$');
    }
    byte[] bytes = in.readNBytes((int) length);
    if (bytes.length < length) {
      throw new EOFException();
    }
    left -= bytes.length;
    if (next() != '\r' || next() != '\n') {
      throw new NotAReply('$');
    }
    return new Reply.Text(new String(bytes, StandardCharsets.UTF_8));
  }

  private Reply array(long size, int depth) throws IOException {
    if (size == -1) {
      return new Reply.Nil();
    }
    if (size < 0 || size > left || depth == 0) {
      throw new NotAReply('*');
    }
    List<Reply> items = new ArrayList<>();
    for (long i = 0; i < size; i++) {
      items.add(read(depth - 1));
    }
    return new Reply.Array(List.copyOf(items));
  }

  private long number() throws IOException {
    String line = line();
    try {
      return Long.parseLong(line);
    } catch (NumberFormatException e) {
      throw new NotAReply(':');
    }
  }

  private String line() throws IOException {
    ByteArrayOutputStream line = new ByteArrayOutputStream();
    for (int c = next(); c != '\r'; c = next()) {
      if (line.size() < LONGEST_LINE) {
        line.write(c);
      }
    }
    if (next() != '\n') {
      throw new NotAReply('\r');
    }
    return line.toString(StandardCharsets.UTF_8);
  }

  private int next() throws IOException {
    if (left-- <= 0) {
      throw new NotAReply('*');
    }
    int c = in.read();
    if (c < 0) {
      throw new EOFException();
    }
    return c;
  }

  /** Bytes that are no reply, or more of them than any reply needs. */
  static final class NotAReply extends IOException {
    private static final long serialVersionUID = 1;

    private final int first;

    NotAReply(int first) {
      super("no reply of RESP2");
      this.first = first;
    }

    /** Whether they begin as a TLS alert or a handshake does (RFC 8446, 5.1). */
    boolean looksLikeTls() {
      return first == 0x15 || first == 0x16;
    }
  }
}
