package io.sessionstorage.valkey;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.awaitility.Awaitility.await;

import io.sessionstorage.compose.tls.Certificates;
import io.sessionstorage.testing.FaultServer;
import io.sessionstorage.testing.FaultServer.Fault;
import io.sessionstorage.testing.ValkeyProcess;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.Arguments;
import org.junit.jupiter.params.provider.MethodSource;

class ServersTest {
  private static final String PASSWORD = "a-password-that-no-message-shows";
  private static final Login LOGIN = new Login(null, PASSWORD);

  /** Long after the patience of {@link #servers}. */
  private static final Duration BOUND = Duration.ofSeconds(20);

  private static final Map<String, String> CERTIFICATES = certificates(Duration.ZERO);

  @AutoClose private final Servers servers = new Servers(Duration.ofSeconds(1));

  /** A slow machine needs more than {@link #servers} grants. */
  @AutoClose private final Servers patient = new Servers(Duration.ofSeconds(15));

  private static Map<String, String> certificates(Duration age) {
    return Certificates.of(Map.of(), "store", List.of("store.example"), Instant.now().minus(age))
        .secret();
  }

  private static Server plain(int port, @Nullable Login login) {
    return new Server(new Endpoint("127.0.0.1", port, 0, false), null, login);
  }

  private static Server tls(int port, @Nullable Tls tls) {
    return new Server(new Endpoint("127.0.0.1", port, 0, true), tls, null);
  }

  private static Tls trusting(Map<String, String> certificates) {
    return new Tls(certificates.get("ca.crt"), null, null, null);
  }

  private static String ping(Servers servers, Server server) throws ValkeyException {
    return text(servers, server, "PING");
  }

  private static String text(Servers servers, Server server, String... command)
      throws ValkeyException {
    return servers.use(server, link -> link.call(command).text());
  }

  private static ValkeyException failure(Servers servers, Server server) {
    ValkeyException failure =
        catchThrowableOfType(
            ValkeyException.class, () -> servers.use(server, link -> link.call("PING")));
    assertThat(failure).isNotNull();
    assertThat(failure.getMessage())
        .contains(failure.failure().remedy())
        .hasSizeLessThan(600)
        .doesNotContain(PASSWORD)
        .matches("\\P{Cntrl}*");
    return failure;
  }

  private static Failure cause(Servers servers, Server server) {
    return failure(servers, server).failure();
  }

  @Test
  void speaksToAServerWithoutAPassword(@TempDir Path root) throws Exception {
    try (ValkeyProcess valkey = ValkeyProcess.start(root)) {
      assertThat(ping(patient, plain(valkey.port(), null))).isEqualTo("PONG");
      assertThat(cause(patient, plain(valkey.port(), LOGIN))).isEqualTo(Failure.WRONG_PASSWORD);
    }
  }

  @Test
  void logsInAndTellsWhyItCannot(@TempDir Path root) throws Exception {
    try (ValkeyProcess valkey =
        ValkeyProcess.start(
            root, "requirepass " + PASSWORD, "user app on >" + PASSWORD + " -@all +ping")) {
      Server server = plain(valkey.port(), LOGIN);
      assertThat(text(patient, server, "ACL", "WHOAMI")).isEqualTo("default");
      Server app = plain(valkey.port(), new Login("app", PASSWORD));
      assertThat(ping(patient, app)).isEqualTo("PONG");
      assertThat(cause(patient, plain(valkey.port(), null))).isEqualTo(Failure.NO_PASSWORD);
      assertThat(cause(patient, plain(valkey.port(), new Login("app", "wrong"))))
          .isEqualTo(Failure.WRONG_PASSWORD);
      assertThat(
              catchThrowableOfType(
                  ValkeyException.class,
                  () -> patient.use(app, link -> link.call("CONFIG", "GET", "*"))))
          .hasMessageContaining("user app may not call CONFIG GET on 127.0.0.1:");
    }
  }

  @Test
  void tellsAPasswordThatWasChanged(@TempDir Path root) throws Exception {
    try (ValkeyProcess valkey = ValkeyProcess.start(root, "requirepass " + PASSWORD)) {
      Server server = plain(valkey.port(), LOGIN);
      patient.use(server, link -> link.call("CONFIG", "SET", "requirepass", "another"));
      assertThat(patient.idle()).as("kept for later").isEqualTo(1);
      assertThat(cause(patient, server)).isEqualTo(Failure.WRONG_PASSWORD);
    }
  }

  @Test
  void speaksTls(@TempDir Path root) throws Exception {
    try (ValkeyProcess valkey = ValkeyProcess.startTls(root, CERTIFICATES)) {
      Server server = tls(valkey.port(), trusting(CERTIFICATES));
      assertThat(ping(patient, server)).isEqualTo("PONG");
      String subject =
          patient.use(
              server, link -> link.certificate().orElseThrow().getSubjectX500Principal().getName());
      assertThat(subject).contains("store");
    }
  }

  @Test
  void tellsWhatIsWrongWithACertificate(@TempDir Path root) throws Exception {
    try (ValkeyProcess valkey = ValkeyProcess.startTls(root, CERTIFICATES)) {
      Map<String, String> others = certificates(Duration.ZERO);
      ValkeyException untrusted = failure(patient, tls(valkey.port(), trusting(others)));
      assertThat(untrusted.failure()).isEqualTo(Failure.UNTRUSTED);
      assertThat(cause(patient, tls(valkey.port(), null)))
          .as("the system's CAs")
          .isEqualTo(Failure.UNTRUSTED);
      Tls otherName = new Tls(CERTIFICATES.get("ca.crt"), "other.example", null, null);
      ValkeyException name = failure(patient, tls(valkey.port(), otherName));
      assertThat(name.failure()).isEqualTo(Failure.WRONG_NAME);
      assertThat(name).hasMessageContaining("store.example");
      Tls rightName = new Tls(CERTIFICATES.get("ca.crt"), "store.example", null, null);
      assertThat(ping(patient, tls(valkey.port(), rightName))).isEqualTo("PONG");
    }
  }

  @Test
  void tellsACertificateThatHasExpired(@TempDir Path root) throws Exception {
    Map<String, String> old = certificates(Duration.ofDays(100));
    try (ValkeyProcess valkey = ValkeyProcess.startTls(root, old)) {
      assertThat(cause(patient, tls(valkey.port(), trusting(old)))).isEqualTo(Failure.EXPIRED);
    }
  }

  @Test
  void showsAClientCertificateWhereOneIsWanted(@TempDir Path root) throws Exception {
    try (ValkeyProcess valkey =
        ValkeyProcess.startTls(root, CERTIFICATES, "tls-auth-clients yes")) {
      assertThat(cause(patient, tls(valkey.port(), trusting(CERTIFICATES))))
          .isEqualTo(Failure.CLIENT_CERTIFICATE);
      Tls tls =
          new Tls(
              CERTIFICATES.get("ca.crt"),
              null,
              CERTIFICATES.get("tls.crt"),
              CERTIFICATES.get("tls.key"));
      assertThat(ping(patient, tls(valkey.port(), tls))).isEqualTo("PONG");
    }
  }

  @Test
  void tellsTlsFromPlaintext(@TempDir Path root, @TempDir Path tlsRoot) throws Exception {
    try (ValkeyProcess plain = ValkeyProcess.start(root);
        ValkeyProcess tls = ValkeyProcess.startTls(tlsRoot, CERTIFICATES)) {
      assertThat(cause(patient, plain(tls.port(), null))).isEqualTo(Failure.TLS_REQUIRED);
      assertThat(cause(patient, tls(plain.port(), trusting(CERTIFICATES))))
          .isEqualTo(Failure.NOT_TLS);
    }
  }

  @ParameterizedTest
  @MethodSource
  void refusesBadTlsSettings(Tls tls) throws Exception {
    assertThat(cause(servers, tls(ValkeyProcess.freePort(), tls)))
        .isIn(Failure.BAD_SETTINGS, Failure.UNREACHABLE);
    try (FaultServer server = FaultServer.start(FaultServer.silent())) {
      assertThat(cause(servers, tls(server.port(), tls))).isEqualTo(Failure.BAD_SETTINGS);
    }
  }

  static Stream<Tls> refusesBadTlsSettings() {
    String certificate = CERTIFICATES.get("tls.crt");
    String key = CERTIFICATES.get("tls.key");
    return Stream.of(
        new Tls("no PEM", null, null, null),
        new Tls("", null, null, null),
        new Tls(key, null, null, null),
        new Tls("-----BEGIN CERTIFICATE-----\nAAAA\n-----END CERTIFICATE-----\n", null, null, null),
        new Tls(null, null, certificate, "no PEM"),
        new Tls(null, null, certificate, certificate),
        new Tls(null, null, "no PEM", key));
  }

  @Test
  void tellsTooManyClients(@TempDir Path root) throws Exception {
    try (ValkeyProcess valkey = ValkeyProcess.start(root, "maxclients 1")) {
      Server server = plain(valkey.port(), null);
      patient.use(
          server,
          link -> {
            try (Servers others = new Servers(Duration.ofSeconds(15))) {
              assertThat(cause(others, server)).isEqualTo(Failure.MAX_CLIENTS);
            }
            return link.call("PING");
          });
    }
  }

  @Test
  void tellsAServerThatIsNotThere() throws Exception {
    assertThat(cause(servers, plain(ValkeyProcess.freePort(), null)))
        .isEqualTo(Failure.UNREACHABLE);
    Server nowhere = new Server(new Endpoint("store.invalid", 6379, 0, false), null, null);
    assertThat(cause(patient, nowhere)).isEqualTo(Failure.UNKNOWN_HOST);
  }

  @ParameterizedTest(name = "{0}")
  @MethodSource
  void survivesNonsense(String name, Failure expected, Fault fault) throws Exception {
    try (FaultServer server = FaultServer.start(fault)) {
      long start = System.nanoTime();
      assertThat(cause(servers, plain(server.port(), LOGIN))).isEqualTo(expected);
      assertThat(Duration.ofNanos(System.nanoTime() - start)).isLessThan(BOUND);
    }
  }

  static Stream<Arguments> survivesNonsense() {
    return Stream.of(
        nonsense(
            "HTTP", Failure.NOT_VALKEY, FaultServer.answering("HTTP/1.1 400 Bad Request\r\n\r\n")),
        nonsense("an SSH server", Failure.NOT_VALKEY, FaultServer.saying("SSH-2.0-OpenSSH\r\n")),
        nonsense("zeros", Failure.NOT_VALKEY, FaultServer.answering("\0\0\0\0\0\0\0\0")),
        nonsense(
            "a TLS alert",
            Failure.TLS_REQUIRED,
            FaultServer.answering("\u0015\u0003\u0001\0\2\2\12")),
        nonsense("a huge string", Failure.NOT_VALKEY, FaultServer.answering("$2000000000\r\n")),
        nonsense("a huge array", Failure.NOT_VALKEY, FaultServer.answering("*2000000000\r\n")),
        nonsense("a negative length", Failure.NOT_VALKEY, FaultServer.answering("$-7\r\n")),
        nonsense("no number", Failure.NOT_VALKEY, FaultServer.answering(":one\r\n")),
        nonsense(
            "a number of 40 digits",
            Failure.NOT_VALKEY,
            FaultServer.answering(":" + "9".repeat(40) + "\r\n")),
        nonsense(
            "deep arrays", Failure.NOT_VALKEY, FaultServer.answering("*1\r\n".repeat(200_000))),
        nonsense("a map of RESP3", Failure.NOT_VALKEY, FaultServer.answering("%1\r\n+a\r\n+b\r\n")),
        nonsense("no end of a string", Failure.NOT_VALKEY, FaultServer.answering("$1\r\nabc\r\n")),
        nonsense("an endless line", Failure.NOT_VALKEY, FaultServer.endless('-')),
        nonsense("an endless string of nonsense", Failure.NOT_VALKEY, FaultServer.endless('x')),
        nonsense("closed at once", Failure.CLOSED, FaultServer.saying("")),
        nonsense("closed in mid-reply", Failure.CLOSED, FaultServer.closingAfter("$100\r\nabc")),
        nonsense("closed in mid-line", Failure.CLOSED, FaultServer.closingAfter("+O")),
        nonsense("silence", Failure.TIMEOUT, FaultServer.silent()),
        nonsense(
            "a byte now and then", Failure.TIMEOUT, FaultServer.dripping("+" + "x".repeat(10_000))),
        nonsense(
            "an error of 1 MiB",
            Failure.REFUSED,
            FaultServer.answering("-ERR " + "x".repeat(1 << 20) + "\r\n")),
        nonsense(
            "binary error",
            Failure.REFUSED,
            FaultServer.answering("-ERR \0\1\2\u00ff\u001b[31m\r\n")),
        nonsense(
            "an error with the password",
            Failure.REFUSED,
            FaultServer.answering(
                "-ERR unknown command 'AUTH', with args beginning with: '" + PASSWORD + "'\r\n")));
  }

  private static Arguments nonsense(String name, Failure expected, Fault fault) {
    return Arguments.of(name, expected, fault);
  }

  @Test
  void survivesNonsenseUnderTls() throws Exception {
    for (Fault fault :
        List.of(
            FaultServer.silent(),
            FaultServer.saying(""),
            FaultServer.dripping("\u0016\u0003\u0003@\0" + "x".repeat(1000)),
            FaultServer.endless('\u0016'),
            FaultServer.endless('-'))) {
      try (FaultServer server = FaultServer.start(fault)) {
        assertThat(cause(servers, tls(server.port(), null)))
            .isIn(Failure.TIMEOUT, Failure.CLOSED, Failure.TLS_FAILED, Failure.NOT_TLS);
      }
    }
  }

  @Test
  void anErrorOfOneMebibyteLeavesTheConnectionUsable() throws Exception {
    try (FaultServer server =
        FaultServer.start(FaultServer.answering("-ERR " + "x".repeat(1 << 20) + "\r\n"))) {
      Server target = plain(server.port(), null);
      for (int i = 0; i < 3; i++) {
        Reply reply = patient.use(target, link -> link.ask("ACL", "SAVE"));
        assertThat(reply).isInstanceOf(Reply.Err.class);
      }
      assertThat(server.accepted()).isEqualTo(1);
    }
  }

  @Test
  void aServerThatIsFrozenOrRestartedIsFoundAgain(@TempDir Path root) throws Exception {
    try (ValkeyProcess valkey = ValkeyProcess.start(root)) {
      Server server = plain(valkey.port(), null);
      patient.use(server, link -> link.call("PING"));
      valkey.restart();
      assertThat(ping(patient, server))
          .as("the idle connection is of the old process")
          .isEqualTo("PONG");
      valkey.freeze();
      assertThat(cause(servers, server)).isEqualTo(Failure.TIMEOUT);
      valkey.thaw();
      await()
          .atMost(BOUND)
          .ignoreExceptionsMatching(ValkeyException.class::isInstance)
          .untilAsserted(() -> assertThat(ping(servers, server)).isEqualTo("PONG"));
    }
  }

  @Test
  void manyCallersShareFewConnections(@TempDir Path root) throws Exception {
    try (ValkeyProcess valkey = ValkeyProcess.start(root);
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<String>> answers = new ArrayList<>();
      Server server = plain(valkey.port(), null);
      for (int i = 0; i < 500; i++) {
        answers.add(callers.submit(() -> patient.use(server, link -> link.call("PING").text())));
      }
      for (Future<String> answer : answers) {
        assertThat(answer.get()).isEqualTo("PONG");
      }
      assertThat(received(server)).isBetween(1L, (long) Servers.PER_SERVER);
      assertThat(patient.idle()).isLessThanOrEqualTo(Servers.PER_SERVER);
    }
  }

  private long received(Server server) throws ValkeyException {
    return patient
        .use(server, link -> link.call("INFO", "stats").text())
        .lines()
        .filter(line -> line.startsWith("total_connections_received:"))
        .mapToLong(line -> Long.parseLong(line.substring(line.indexOf(':') + 1)) - 1)
        .findFirst()
        .orElseThrow();
  }

  @Test
  void usersOfOneServerShareItsConnections(@TempDir Path root) throws Exception {
    String[] users = new String[20];
    for (int i = 0; i < users.length; i++) {
      users[i] = "user u" + i + " on >" + PASSWORD + " +@all";
    }
    try (ValkeyProcess valkey = ValkeyProcess.start(root, users)) {
      for (int i = 0; i < users.length; i++) {
        Login login = new Login("u" + i, PASSWORD);
        patient.use(plain(valkey.port(), login), link -> link.call("PING"));
        assertThat(patient.idle()).isLessThanOrEqualTo(Servers.PER_SERVER);
      }
    }
  }

  @Test
  void aServerThatHangsDelaysFewOfItsCallers() throws Exception {
    try (FaultServer server = FaultServer.start(FaultServer.silent());
        ExecutorService callers = Executors.newVirtualThreadPerTaskExecutor()) {
      List<Future<Failure>> answers = new ArrayList<>();
      for (int i = 0; i < 200; i++) {
        answers.add(callers.submit(() -> cause(servers, plain(server.port(), null))));
      }
      for (Future<Failure> answer : answers) {
        assertThat(answer.get()).isEqualTo(Failure.TIMEOUT);
      }
      // One to ask, one to find out whether it would have spoken TLS.
      assertThat(server.accepted()).isLessThanOrEqualTo(2 * Servers.PER_SERVER);
    }
  }

  @Test
  void leavesNothingBehind() throws Exception {
    try (FaultServer server = FaultServer.start(FaultServer.silent())) {
      Servers mine = new Servers(Duration.ofMillis(200));
      for (int i = 0; i < 10; i++) {
        cause(mine, plain(server.port(), new Login("user-" + i, PASSWORD)));
      }
      assertThat(mine.idle()).isZero();
      mine.close();
    }
    await()
        .atMost(BOUND)
        .until(
            () ->
                Thread.getAllStackTraces().keySet().stream()
                        .filter(thread -> thread.getName().startsWith("valkey-deadline"))
                        .count()
                    <= 2);
  }
}
