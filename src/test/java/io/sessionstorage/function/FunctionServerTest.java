package io.sessionstorage.function;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.common.util.concurrent.ListenableFuture;
import io.grpc.Grpc;
import io.grpc.InsecureChannelCredentials;
import io.grpc.ManagedChannel;
import io.grpc.Status;
import io.grpc.StatusRuntimeException;
import io.grpc.TlsChannelCredentials;
import io.grpc.health.v1.HealthCheckRequest;
import io.grpc.health.v1.HealthCheckResponse.ServingStatus;
import io.grpc.health.v1.HealthGrpc;
import io.grpc.reflection.v1.ServerReflectionGrpc;
import io.grpc.reflection.v1.ServerReflectionRequest;
import io.grpc.reflection.v1.ServerReflectionResponse;
import io.grpc.stub.StreamObserver;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.sessionstorage.compose.Answer;
import io.sessionstorage.compose.Answer.Composed;
import io.sessionstorage.compose.Answer.Poll;
import io.sessionstorage.compose.Request;
import io.sessionstorage.proto.fn.v1.FunctionRunnerServiceGrpc;
import io.sessionstorage.proto.fn.v1.RequestMeta;
import io.sessionstorage.proto.fn.v1.RunFunctionRequest;
import io.sessionstorage.proto.fn.v1.RunFunctionResponse;
import io.sessionstorage.serve.HttpEndpoints;
import io.sessionstorage.serve.ReloadingTls;
import io.sessionstorage.testing.Requirement;
import java.io.IOException;
import java.io.OutputStream;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.Socket;
import java.net.URI;
import java.net.http.HttpClient;
import java.net.http.HttpResponse;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.cert.Certificate;
import java.security.cert.X509Certificate;
import java.time.Duration;
import java.util.ArrayDeque;
import java.util.Deque;
import java.util.List;
import java.util.Map;
import java.util.concurrent.CompletableFuture;
import java.util.concurrent.CountDownLatch;
import java.util.function.Function;
import javax.net.ssl.SSLContext;
import javax.net.ssl.SSLSocket;
import javax.net.ssl.TrustManager;
import javax.net.ssl.X509TrustManager;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class FunctionServerTest {
  private static final int LARGEST_REQUEST = 1 << 20;
  private static final Duration RELOAD = Duration.ofMillis(20);
  private static final Answer NOTHING =
      new Composed(
          List.of(),
          JsonNodeFactory.instance.objectNode(),
          true,
          List.of(),
          List.of(),
          Map.of(),
          Map.of(),
          Poll.REGULAR);

  private final Deque<AutoCloseable> running = new ArrayDeque<>();
  private final PrometheusRegistry registry = new PrometheusRegistry();
  private final Metrics metrics = new Metrics(registry);
  private final Certificates authority = new Certificates();

  @TempDir private Path directory;

  @AfterEach
  void stop() throws Exception {
    while (!running.isEmpty()) {
      running.pop().close();
    }
  }

  @Test
  @Requirement(
      "Core: certificates have PKCS#1 keys and one subject for authority and leaf; the function serves mutual TLS with them")
  void servesMutualTlsWithCertificatesAsCrossplaneMakesThem() throws Exception {
    FunctionServer server = secure();
    Path client = Files.createDirectory(directory.resolve("client"));
    authority.issue(client);

    assertThat(call(server.port(), client).getMeta().getTag()).isEqualTo("tag");
  }

  @Test
  @Requirement("Core: a client without a certificate is refused")
  void refusesAClientWithoutACertificate() throws Exception {
    FunctionServer server = secure();

    assertThatThrownBy(() -> call(server.port(), null)).isInstanceOf(StatusRuntimeException.class);
  }

  @Test
  void refusesAClientOfAnotherAuthority() throws Exception {
    FunctionServer server = secure();
    Path stranger = Files.createDirectory(directory.resolve("stranger"));
    new Certificates().issue(stranger);
    Files.copy(
        directory.resolve("ca.crt"),
        stranger.resolve("ca.crt"),
        java.nio.file.StandardCopyOption.REPLACE_EXISTING);

    assertThatThrownBy(() -> call(server.port(), stranger))
        .isInstanceOf(StatusRuntimeException.class);
  }

  @Test
  @Requirement("Core: certificates replaced on disk are served without a restart")
  void servesCertificatesThatReplaceTheOldOnes() throws Exception {
    FunctionServer server = secure();
    Certificate before = served(server.port());
    X509Certificate next = authority.issue(directory);

    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(served(server.port())).isEqualTo(next));
    assertThat(next).isNotEqualTo(before);
  }

  @Test
  void keepsTheOldCertificateWhileTheNewOneIsHalfWritten() throws Exception {
    FunctionServer server = secure();
    Certificate before = served(server.port());
    String key = Files.readString(directory.resolve("tls.key"));
    Files.writeString(directory.resolve("tls.key"), key.substring(0, key.length() / 2));
    Files.writeString(directory.resolve("ca.crt"), "");

    assertThat(served(server.port())).isEqualTo(before);
    X509Certificate next = authority.issue(directory);
    await()
        .atMost(Duration.ofSeconds(20))
        .untilAsserted(() -> assertThat(served(server.port())).isEqualTo(next));
  }

  @Test
  @Requirement("Templates: --max-recv-message-size bounds a request")
  void refusesARequestAboveTheLimit() throws Exception {
    FunctionServer server = insecure(request -> NOTHING);
    RunFunctionRequest large =
        RunFunctionRequest.newBuilder()
            .setMeta(RequestMeta.newBuilder().setTag("x".repeat(LARGEST_REQUEST)))
            .build();

    assertThatThrownBy(() -> stub(server.port()).runFunction(large))
        .isInstanceOfSatisfying(
            StatusRuntimeException.class,
            e -> assertThat(e.getStatus().getCode()).isEqualTo(Status.Code.RESOURCE_EXHAUSTED));
    assertThat(stub(server.port()).runFunction(request()).getMeta().getTag()).isEqualTo("tag");
  }

  @Test
  void survivesGarbage() throws Exception {
    FunctionServer server = insecure(request -> NOTHING);
    try (Socket socket = new Socket(InetAddress.getLoopbackAddress(), server.port())) {
      OutputStream out = socket.getOutputStream();
      out.write(
          "GET / HTTP/1.1\r\n\r\n\0\1\2 this is no HTTP/2"
              .getBytes(java.nio.charset.StandardCharsets.UTF_8));
      out.flush();
      assertThat(socket.getInputStream().readAllBytes()).isNotNull();
    }

    assertThat(stub(server.port()).runFunction(request()).getMeta().getTag()).isEqualTo("tag");
  }

  @Test
  @Requirement(
      "Core: a function that is told to stop finishes the request in flight, and is not ready meanwhile")
  void finishesTheRequestInFlightBeforeItStops() throws Exception {
    CountDownLatch started = new CountDownLatch(1);
    CountDownLatch finish = new CountDownLatch(1);
    FunctionServer server =
        insecure(
            request -> {
              started.countDown();
              await().forever().until(() -> finish.getCount() == 0);
              return NOTHING;
            });
    HttpEndpoints http = http(server);
    ListenableFuture<RunFunctionResponse> response =
        FunctionRunnerServiceGrpc.newFutureStub(channel(server.port())).runFunction(request());
    started.await();

    CompletableFuture<Void> stopped = CompletableFuture.runAsync(server::close);
    await().atMost(Duration.ofSeconds(10)).until(() -> get(http, "/readyz").statusCode() == 503);
    assertThat(stopped).isNotDone();
    finish.countDown();

    assertThat(response.get().getMeta().getTag()).isEqualTo("tag");
    assertThat(stopped).succeedsWithin(Duration.ofSeconds(20));
  }

  @Test
  @Requirement("SDKs: server reflection lists and describes v1 and v1beta1")
  void describesItselfInBothVersions() throws Exception {
    FunctionServer server = insecure(request -> NOTHING);

    List<String> services =
        reflect(server.port(), ServerReflectionRequest.newBuilder().setListServices("").build())
            .getListServicesResponse()
            .getServiceList()
            .stream()
            .map(service -> service.getName())
            .toList();
    assertThat(services)
        .contains(
            "apiextensions.fn.proto.v1.FunctionRunnerService",
            "apiextensions.fn.proto.v1beta1.FunctionRunnerService");
    for (String version : List.of("v1", "v1beta1")) {
      String symbol = "apiextensions.fn.proto." + version + ".RunFunctionRequest";
      ServerReflectionResponse file =
          reflect(
              server.port(),
              ServerReflectionRequest.newBuilder().setFileContainingSymbol(symbol).build());
      assertThat(
              com.google.protobuf.DescriptorProtos.FileDescriptorProto.parseFrom(
                      file.getFileDescriptorResponse().getFileDescriptorProto(0))
                  .getPackage())
          .isEqualTo("apiextensions.fn.proto." + version);
    }
  }

  @Test
  @Requirement("SDKs: the gRPC health service answers")
  void tellsItsHealth() throws Exception {
    FunctionServer server = insecure(request -> NOTHING);

    assertThat(
            HealthGrpc.newBlockingStub(channel(server.port()))
                .check(HealthCheckRequest.getDefaultInstance())
                .getStatus())
        .isEqualTo(ServingStatus.SERVING);
  }

  @Test
  @Requirement("SDKs: Prometheus metrics over plain HTTP, under the names of Go's gRPC servers")
  void countsRequestsLatencyAndResults() throws Exception {
    FunctionServer server =
        insecure(
            request ->
                new Answer.Refused(List.of(new io.sessionstorage.api.Problem("spec", "no"))));
    HttpEndpoints http = http(server);
    stub(server.port()).runFunction(request());

    assertThat(get(http, "/livez").statusCode()).isEqualTo(200);
    assertThat(get(http, "/readyz").statusCode()).isEqualTo(200);
    await()
        .atMost(Duration.ofSeconds(10))
        .untilAsserted(
            () ->
                assertThat(get(http, "/metrics").body())
                    .contains(
                        "grpc_server_handled_total{grpc_code=\"OK\",grpc_method=\"RunFunction\",grpc_service=\"apiextensions.fn.proto.v1.FunctionRunnerService\"} 1.0")
                    .contains("grpc_server_started_total{")
                    .contains("grpc_server_handling_seconds_bucket{")
                    .contains("function_results_total{severity=\"fatal\"} 1.0")
                    .contains("function_results_total{severity=\"warning\"} 0.0")
                    .contains("jvm_memory_used_bytes{"));
  }

  private FunctionServer secure() throws IOException, GeneralSecurityException {
    authority.issue(directory);
    ReloadingTls tls = new ReloadingTls(directory, RELOAD);
    running.push(tls);
    return serve(tls, request -> NOTHING);
  }

  private FunctionServer insecure(Function<Request, Answer> composer) throws IOException {
    return serve(null, composer);
  }

  private FunctionServer serve(@Nullable ReloadingTls tls, Function<Request, Answer> composer)
      throws IOException {
    RunFunction function = new RunFunction(composer, Duration.ofMinutes(1), metrics);
    FunctionServer server = new FunctionServer(anywhere(), tls, LARGEST_REQUEST, function, metrics);
    running.push(server);
    return server;
  }

  private HttpEndpoints http(FunctionServer server) throws IOException {
    HttpEndpoints http = new HttpEndpoints(anywhere(), server::ready, registry);
    running.push(http);
    return http;
  }

  private static InetSocketAddress anywhere() {
    return new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
  }

  private static HttpResponse<String> get(HttpEndpoints http, String path)
      throws IOException, InterruptedException {
    try (HttpClient client = HttpClient.newHttpClient()) {
      return client.send(
          java.net.http.HttpRequest.newBuilder(URI.create("http://127.0.0.1:" + http.port() + path))
              .build(),
          HttpResponse.BodyHandlers.ofString());
    }
  }

  private ManagedChannel channel(int port) {
    ManagedChannel channel =
        Grpc.newChannelBuilderForAddress("localhost", port, InsecureChannelCredentials.create())
            .build();
    running.push(channel::shutdownNow);
    return channel;
  }

  private FunctionRunnerServiceGrpc.FunctionRunnerServiceBlockingStub stub(int port) {
    return FunctionRunnerServiceGrpc.newBlockingStub(channel(port));
  }

  private RunFunctionResponse call(int port, @Nullable Path client) throws IOException {
    TlsChannelCredentials.Builder credentials =
        TlsChannelCredentials.newBuilder().trustManager(directory.resolve("ca.crt").toFile());
    if (client != null) {
      credentials.keyManager(client.resolve("tls.crt").toFile(), pkcs8(client).toFile());
    }
    ManagedChannel channel =
        Grpc.newChannelBuilderForAddress("localhost", port, credentials.build()).build();
    running.push(channel::shutdownNow);
    return FunctionRunnerServiceGrpc.newBlockingStub(channel).runFunction(request());
  }

  private static Path pkcs8(Path client) throws IOException {
    try (org.bouncycastle.openssl.PEMParser pem =
        new org.bouncycastle.openssl.PEMParser(
            Files.newBufferedReader(client.resolve("tls.key")))) {
      var pair = (org.bouncycastle.openssl.PEMKeyPair) pem.readObject();
      String body =
          java.util.Base64.getMimeEncoder().encodeToString(pair.getPrivateKeyInfo().getEncoded());
      return Files.writeString(
          client.resolve("pkcs8.key"),
          "-----BEGIN PRIVATE KEY-----\n" + body + "\n-----END PRIVATE KEY-----\n");
    }
  }

  /** The certificate that a handshake shows. */
  private static Certificate served(int port) throws IOException, GeneralSecurityException {
    SSLContext context = SSLContext.getInstance("TLS");
    context.init(null, new TrustManager[] {new Everybody()}, null);
    try (SSLSocket socket =
        (SSLSocket) context.getSocketFactory().createSocket("localhost", port)) {
      socket.startHandshake();
      return socket.getSession().getPeerCertificates()[0];
    }
  }

  private static ServerReflectionResponse reflect(int port, ServerReflectionRequest request)
      throws Exception {
    ManagedChannel channel =
        Grpc.newChannelBuilderForAddress("localhost", port, InsecureChannelCredentials.create())
            .build();
    CompletableFuture<ServerReflectionResponse> response = new CompletableFuture<>();
    try {
      StreamObserver<ServerReflectionRequest> requests =
          ServerReflectionGrpc.newStub(channel)
              .serverReflectionInfo(
                  new StreamObserver<>() {
                    @Override
                    public void onNext(ServerReflectionResponse value) {
                      response.complete(value);
                    }

                    @Override
                    public void onError(Throwable error) {
                      response.completeExceptionally(error);
                    }

                    @Override
                    public void onCompleted() {}
                  });
      requests.onNext(request);
      requests.onCompleted();
      return response.get();
    } finally {
      channel.shutdownNow();
    }
  }

  private static RunFunctionRequest request() {
    return RunFunctionRequest.newBuilder().setMeta(RequestMeta.newBuilder().setTag("tag")).build();
  }

  /** Trusts everybody: what is looked at is which certificate is shown. */
  private static final class Everybody implements X509TrustManager {
    @Override
    public void checkClientTrusted(X509Certificate[] chain, String type) {}

    @Override
    public void checkServerTrusted(X509Certificate[] chain, String type) {}

    @Override
    public X509Certificate[] getAcceptedIssuers() {
      return new X509Certificate[0];
    }
  }
}
