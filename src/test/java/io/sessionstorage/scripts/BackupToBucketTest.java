package io.sessionstorage.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.JsonNode;
import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.sessionstorage.compose.plan.User;
import io.sessionstorage.compose.tls.Certificates;
import io.sessionstorage.testing.Needs;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.nio.file.Files;
import java.nio.file.Path;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Backups on S3, and everything that can be wrong with it. */
@Needs({"busybox", "rclone", "restic", "valkey-server"})
@Execution(ExecutionMode.CONCURRENT)
class BackupToBucketTest {
  private static final Map<String, String> PLAIN = Map.of();

  @SuppressWarnings("NullAway.Init")
  private RealValkey valkey;

  @SuppressWarnings("NullAway.Init")
  private BackupFiles files;

  @TempDir private Path root;

  @BeforeEach
  void start() throws Exception {
    valkey = RealValkey.start(root.resolve("store"), Shell.BUSYBOX, false);
    files = BackupFiles.of(valkey, root.resolve("backup"), Shell.BUSYBOX);
    files.write("s3/AWS_ACCESS_KEY_ID", RealBucket.KEY.getFirst());
    files.write("s3/AWS_SECRET_ACCESS_KEY", RealBucket.KEY.getLast());
    files.set("OPEN_SECONDS", "60");
    try (Client client = valkey.connect(User.DEFAULT)) {
      client.call("SET", "thv:1", "one", "EX", "1000");
    }
  }

  @AfterEach
  void stop() throws Exception {
    valkey.close();
    files.close();
  }

  private RealBucket bucket(Map<String, String> certificate) throws IOException {
    RealBucket bucket = new RealBucket(Files.createDirectories(root.resolve("s3")), certificate);
    files.set("RESTIC_REPOSITORY", bucket.repository("backups"));
    return bucket;
  }

  private static Map<String, String> certificate() {
    return Certificates.of(Map.of(), "s3", List.of("localhost"), Instant.now()).secret();
  }

  @Test
  void storesProvesAndRestoresOverTls() throws Exception {
    Map<String, String> certificate = certificate();
    files.write("s3-ca/ca.crt", certificate.getOrDefault("ca.crt", ""));
    try (RealBucket bucket = bucket(certificate)) {
      assertThat(bucket.repository("backups")).startsWith("s3:https:");
      assertThat(files.backUp().path("made").asBoolean()).isTrue();
      assertThat(files.set("KEEP", "--keep-last 1").backUp().path("warning").asText()).isEmpty();

      files.fetch();
      assertThat(files.succeeds("backup-drill").path("keys").asInt()).isEqualTo(1);
      assertThat(files.restore().path("keys").asInt()).isEqualTo(1);
    }
  }

  @Test
  void doesNotTrustAStranger() throws Exception {
    files.write("s3-ca/ca.crt", certificate().getOrDefault("ca.crt", ""));
    try (RealBucket bucket = bucket(certificate())) {
      assertThat(bucket.repository("backups")).isNotEmpty();
      fails(3, "UntrustedCertificate", "certificate signed by unknown authority");
      neitherCanBeRead(3, "UntrustedCertificate");
    }
  }

  @ParameterizedTest
  @CsvSource({
    "AWS_SECRET_ACCESS_KEY, signature we calculated does not match",
    "AWS_ACCESS_KEY_ID, Access Key Id you provided does not exist"
  })
  void saysThatTheKeysAreWrong(String key, String message) throws Exception {
    files.write("s3/" + key, "wrong");
    try (RealBucket bucket = bucket(PLAIN)) {
      assertThat(bucket.repository("backups")).isNotEmpty();
      fails(3, "WrongCredentials", message);
      neitherCanBeRead(3, "WrongCredentials");
    }
  }

  @Test
  void makesNoBucket() throws Exception {
    try (RealBucket bucket = bucket(PLAIN)) {
      files.set("RESTIC_REPOSITORY", bucket.repository("missing"));

      fails(3, "BucketMissing", "bucket does not exist");

      assertThat(root.resolve("s3/data/missing")).doesNotExist();
    }
  }

  @Test
  void goesOnWhenTheServerIsBack() throws Exception {
    try (RealBucket bucket = bucket(PLAIN)) {
      assertThat(bucket.repository("backups")).isNotEmpty();
      files.backUp();
    }
    fails(1, "TargetUnreachable", "connection refused");
    neitherCanBeRead(1, "TargetUnreachable");

    files.set("OPEN_SECONDS", "60");
    try (RealBucket bucket = bucket(PLAIN)) {
      assertThat(bucket.repository("backups")).isNotEmpty();
      assertThat(files.backUp().path("made").asBoolean()).isFalse();
    }
  }

  /** The answers of MinIO, and of what answers as it does. */
  @Test
  void saysThatTheServerIsFull() throws Exception {
    HttpServer server =
        HttpServer.create(new InetSocketAddress(InetAddress.getLoopbackAddress(), 0), 0);
    server.createContext("/", BackupToBucketTest::full);
    server.start();
    try {
      files.set(
          "RESTIC_REPOSITORY",
          "s3:http://localhost:%d/backups/shared".formatted(server.getAddress().getPort()));
      fails(1, "TargetFull", "minimum free drive threshold");
    } finally {
      server.stop(0);
    }
  }

  private static void full(HttpExchange exchange) throws IOException {
    String method = exchange.getRequestMethod();
    String body =
        method.equals("GET")
            ? "<LocationConstraint/>"
            : "<Error><Code>XMinioStorageFull</Code><Message>Storage backend has reached its minimum free drive threshold.</Message></Error>";
    byte[] bytes = body.getBytes(StandardCharsets.UTF_8);
    exchange.getRequestBody().readAllBytes();
    switch (method) {
      case "HEAD" -> exchange.sendResponseHeaders(404, -1);
      case "GET" -> exchange.sendResponseHeaders(200, bytes.length);
      default -> exchange.sendResponseHeaders(507, bytes.length);
    }
    if (!method.equals("HEAD")) {
      exchange.getResponseBody().write(bytes);
    }
    exchange.close();
  }

  private void fails(int status, String reason, String message) throws Exception {
    files.succeeds("backup-dump");
    // For so long it tries again.
    JsonNode report = files.set("OPEN_SECONDS", "5").ends("backup-store", status);
    assertThat(report.path("reason").asText()).as("%s", report).isEqualTo(reason);
    assertThat(report.path("message").asText()).contains(message);
  }

  private void neitherCanBeRead(int status, String reason) throws Exception {
    JsonNode report = files.ends("backup-fetch", status);
    assertThat(report.path("reason").asText()).as("%s", report).isEqualTo(reason);
  }
}
