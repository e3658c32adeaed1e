package io.sessionstorage.serve;

import com.sun.net.httpserver.HttpExchange;
import com.sun.net.httpserver.HttpServer;
import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.prometheus.metrics.instrumentation.jvm.JvmMetrics;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.net.InetSocketAddress;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.Executors;
import java.util.concurrent.atomic.AtomicBoolean;
import java.util.function.BooleanSupplier;

/** {@code /livez}, {@code /readyz} and {@code /metrics} over plain HTTP. */
public final class HttpEndpoints implements AutoCloseable {
  private final HttpServer server;
  private final PrometheusRegistry registry;
  private final AtomicBoolean jvmMetrics = new AtomicBoolean();

  /**
   * Starts to serve.
   *
   * @throws IOException if the address is taken
   */
  public HttpEndpoints(
      InetSocketAddress address, BooleanSupplier ready, PrometheusRegistry registry)
      throws IOException {
    this.registry = registry;
    this.server = HttpServer.create(address, 0);
    server.setExecutor(Executors.newVirtualThreadPerTaskExecutor());
    server.createContext("/livez", exchange -> answer(exchange, 200, "ok"));
    server.createContext(
        "/readyz",
        exchange -> {
          boolean yes = ready.getAsBoolean();
          answer(exchange, yes ? 200 : 503, yes ? "ok" : "not ready");
        });
    server.createContext("/metrics", this::metrics);
    server.start();
  }

  /** The port, chosen by the system if the address had none. */
  public int port() {
    return server.getAddress().getPort();
  }

  private void metrics(HttpExchange exchange) throws IOException {
    if (jvmMetrics.compareAndSet(false, true)) {
      JvmMetrics.builder().register(registry);
    }
    ByteArrayOutputStream text = new ByteArrayOutputStream();
    PrometheusTextFormatWriter writer = PrometheusTextFormatWriter.create();
    writer.write(text, registry.scrape());
    answer(exchange, 200, writer.getContentType(), text.toByteArray());
  }

  private static void answer(HttpExchange exchange, int code, String text) throws IOException {
    answer(
        exchange,
        code,
        "text/plain; charset=utf-8",
        (text + "\n").getBytes(StandardCharsets.UTF_8));
  }

  private static void answer(HttpExchange exchange, int code, String type, byte[] body)
      throws IOException {
    try (exchange) {
      exchange.getResponseHeaders().set("Content-Type", type);
      exchange.sendResponseHeaders(code, body.length);
      exchange.getResponseBody().write(body);
    }
  }

  @Override
  public void close() {
    server.stop(0);
  }
}
