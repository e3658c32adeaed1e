package io.sessionstorage.valkey;

import io.sessionstorage.valkey.ReplyReader.NotAReply;
import java.io.BufferedInputStream;
import java.io.ByteArrayOutputStream;
import java.io.EOFException;
import java.io.IOException;
import java.io.OutputStream;
import java.net.Socket;
import java.nio.charset.StandardCharsets;
import java.security.cert.X509Certificate;
import java.util.Optional;
import javax.net.ssl.SSLException;
import org.jspecify.annotations.Nullable;

/**
 * A connection that is logged in. Of one thread at a time.
 *
 * <p>It has no timeouts of its own: {@link Deadline} closes its socket, which ends every kind of
 * waiting, also that for a server that sends a byte now and then.
 */
public final class Link implements AutoCloseable {
  /** What of a server's text is shown, in characters. */
  private static final int SHOWN = 200;

  /** How a server says that it does not like this client's certificate (RFC 8446, 6.2). */
  static final String[] CERTIFICATE_ALERTS = {
    "certificate_required", "bad_certificate", "unknown_ca", "certificate_unknown"
  };

  private final Server server;
  private final Socket raw;
  private final OutputStream out;
  private final ReplyReader replies;
  private final @Nullable X509Certificate certificate;
  private Deadline deadline;
  private boolean broken;

  /**
   * A connection over sockets that are open.
   *
   * @param raw what ends everything when it is closed
   * @param socket {@code raw}, or TLS over it
   */
  Link(
      Server server,
      Socket raw,
      Socket socket,
      @Nullable X509Certificate certificate,
      Deadline deadline)
      throws IOException {
    this.server = server;
    this.raw = raw;
    this.out = socket.getOutputStream();
    this.replies = new ReplyReader(new BufferedInputStream(socket.getInputStream()));
    this.certificate = certificate;
    this.deadline = deadline;
  }

  /** The end of the next user's patience. */
  void until(Deadline next) {
    deadline = next;
    next.guard(raw);
  }

  /** The certificate that the server showed. */
  public Optional<X509Certificate> certificate() {
    return Optional.ofNullable(certificate);
  }

  public Endpoint endpoint() {
    return server.endpoint();
  }

  /**
   * Sends a command. An error that the server answers is a reply like others.
   *
   * @throws ValkeyException if the server does not answer, or not as a Valkey does, or not to this
   *     client
   */
  public Reply ask(String... command) throws ValkeyException {
    Reply reply;
    try {
      out.write(bytes(command));
      out.flush();
      reply = replies.read();
    } catch (IOException e) {
      broken = true;
      throw failure(e);
    }
    if (!(reply instanceof Reply.Err(String message))) {
      return reply;
    }
    Reply.Err error = new Reply.Err(shown(withoutSecrets(message, command)));
    if (Failure.of(message).ofConnection()) {
      broken = true;
      throw refusal(error, command);
    }
    return error;
  }

  /**
   * As {@link #ask}, for a command that is expected to work.
   *
   * @throws ValkeyException also if the server answers an error
   */
  public Reply call(String... command) throws ValkeyException {
    Reply reply = ask(command);
    if (reply instanceof Reply.Err error) {
      throw refusal(error, command);
    }
    return reply;
  }

  /** Logs in, or asks for a sign of life if there is nobody to log in. */
  void login() throws ValkeyException {
    Login login = server.login();
    Reply reply = ask(login == null ? new String[] {"PING"} : login.command());
    if (!(reply instanceof Reply.Err error)) {
      return;
    }
    Failure failure = Failure.of(error.message());
    boolean noPasswordThere = error.message().startsWith("ERR AUTH");
    if (noPasswordThere) {
      throw new ValkeyException(
          Failure.WRONG_PASSWORD,
          "%s has no password for the user default, but the credentials Secret holds one"
              .formatted(endpoint().address()));
    }
    // Whoever may not PING is logged in nevertheless; LOADING and the like are of the server.
    if (login != null || failure == Failure.LOADING || failure == Failure.PRIMARY_DOWN) {
      throw refusal(error, login == null ? "PING" : "AUTH");
    }
  }

  private ValkeyException refusal(Reply.Err error, String... command) {
    Failure failure = Failure.of(error.message());
    String address = endpoint().address();
    Login login = server.login();
    String user = login == null ? Login.DEFAULT_USER : login.user();
    String problem =
        switch (failure) {
          case WRONG_PASSWORD ->
              "%s does not know the user %s with this password, or the user is off"
                  .formatted(address, shown(user));
          case NO_PASSWORD -> "%s wants a password, and none is given".formatted(address);
          case LOADING -> "%s is loading its data set".formatted(address);
          case MAX_CLIENTS -> "%s has as many clients as its maxclients allows".formatted(address);
          case NOT_PERMITTED ->
              "user %s may not call %s on %s".formatted(shown(user), name(command), address);
          default -> "%s answers %s with: %s".formatted(address, name(command), error.message());
        };
    return new ValkeyException(failure, problem);
  }

  private ValkeyException failure(IOException e) {
    String address = endpoint().address();
    if (deadline.passed()) {
      return new ValkeyException(Failure.TIMEOUT, address + " does not answer in time", e);
    }
    return switch (e) {
      case NotAReply garbage when garbage.looksLikeTls() && !endpoint().tls() ->
          new ValkeyException(Failure.TLS_REQUIRED, address + " speaks TLS", e);
      case NotAReply _ ->
          new ValkeyException(
              Failure.NOT_VALKEY, address + " answers with something that is no reply of RESP", e);
      case EOFException _ ->
          new ValkeyException(
              Failure.CLOSED, address + " closed the connection instead of answering", e);
      case SSLException _ when mentions(e, CERTIFICATE_ALERTS) ->
          new ValkeyException(
              Failure.CLIENT_CERTIFICATE,
              address + " wants a client certificate, or another one",
              e);
      default ->
          new ValkeyException(
              Failure.CLOSED,
              "the connection to %s broke: %s"
                  .formatted(address, shown(String.valueOf(e.getMessage()))),
              e);
    };
  }

  static boolean mentions(Exception e, String... words) {
    String message = String.valueOf(e.getMessage());
    for (String word : words) {
      if (message.contains(word)) {
        return true;
      }
    }
    return false;
  }

  private static String name(String[] command) {
    return command.length > 1 && isContainer(command[0])
        ? command[0] + " " + command[1]
        : command[0];
  }

  private static boolean isContainer(String command) {
    return switch (command) {
      case "ACL", "CONFIG", "CLIENT", "COMMAND", "SCRIPT" -> true;
      default -> false;
    };
  }

  /** A server may repeat what it does not understand. */
  private String withoutSecrets(String text, String[] command) {
    String clean = text;
    if ("AUTH".equals(command[0]) || "ACL".equals(command[0])) {
      for (int i = 1; i < command.length; i++) {
        boolean secret = "AUTH".equals(command[0]) || command[i].startsWith("#");
        clean = secret && !command[i].isEmpty() ? clean.replace(command[i], "***") : clean;
      }
    }
    return clean;
  }

  /** A text of the server, fit for a condition: one line of bounded length. */
  static String shown(String text) {
    StringBuilder line = new StringBuilder();
    text.codePoints()
        .limit(SHOWN)
        .forEach(c -> line.appendCodePoint(Character.isISOControl(c) || c == 0xFFFD ? '?' : c));
    return (line.length() < text.length() ? line.append("...") : line).toString().strip();
  }

  private static byte[] bytes(String... command) {
    ByteArrayOutputStream bytes = new ByteArrayOutputStream();
    bytes.writeBytes(ascii("*" + command.length + "\r\n"));
    for (String word : command) {
      byte[] text = word.getBytes(StandardCharsets.UTF_8);
      bytes.writeBytes(ascii("$" + text.length + "\r\n"));
      bytes.writeBytes(text);
      bytes.writeBytes(ascii("\r\n"));
    }
    return bytes.toByteArray();
  }

  private static byte[] ascii(String text) {
    return text.getBytes(StandardCharsets.US_ASCII);
  }

  /** Whether another command can be sent. */
  boolean usable() {
    return !broken && !raw.isClosed();
  }

  /** Without the farewell of TLS, which could wait. */
  @Override
  public void close() {
    broken = true;
    Sockets.close(raw);
  }
}
