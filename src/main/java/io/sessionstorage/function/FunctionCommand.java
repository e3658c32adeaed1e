package io.sessionstorage.function;

import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.sessionstorage.compose.Composer;
import io.sessionstorage.serve.Addresses;
import io.sessionstorage.serve.Durations;
import io.sessionstorage.serve.HttpEndpoints;
import io.sessionstorage.serve.Logging;
import io.sessionstorage.serve.ReloadingTls;
import java.io.IOException;
import java.nio.file.Path;
import java.security.GeneralSecurityException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Serves the composition function. */
@Command(name = "function", description = "Serves the composition function to Crossplane.")
public final class FunctionCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(FunctionCommand.class);
  private static final Duration TLS_RELOAD = Duration.ofSeconds(5);
  private static final int MEBIBYTE = 1 << 20;

  @Option(
      names = "--address",
      defaultValue = "${env:ADDRESS:-:9443}",
      description =
          "Where to listen for gRPC, HOST:PORT or :PORT. Default: :9443. Environment: ADDRESS.")
  private String address = "";

  @Option(
      names = "--metrics-address",
      defaultValue = "${env:METRICS_ADDRESS:-:8080}",
      description =
          "Where to serve /livez, /readyz and /metrics. Default: :8080. Environment: METRICS_ADDRESS.")
  private String metricsAddress = "";

  @Option(
      names = "--tls-certs-dir",
      defaultValue = "${env:TLS_SERVER_CERTS_DIR}",
      description =
          "Folder of tls.crt, tls.key and ca.crt; clients need a certificate of that authority. Environment:"
              + " TLS_SERVER_CERTS_DIR.")
  private @Nullable Path tlsCertsDir;

  @Option(
      names = "--insecure",
      defaultValue = "${env:INSECURE:-false}",
      fallbackValue = "true",
      description = "Serve without TLS, whatever --tls-certs-dir says. Environment: INSECURE.")
  private boolean insecure;

  @Option(
      names = "--max-recv-message-size",
      defaultValue = "${env:MAX_RECV_MESSAGE_SIZE:-16}",
      description =
          "Largest request in MiB, 1 to 1024. Default: 16. Environment: MAX_RECV_MESSAGE_SIZE.")
  private int maxRecvMessageSize;

  @Option(
      names = "--ttl",
      defaultValue = "${env:TTL:-60s}",
      converter = Durations.class,
      description =
          "How long Crossplane waits until it asks again about a settled store, such as 60s or 5m. Default: 60s."
              + " Environment: TTL.")
  private Duration ttl = Duration.ZERO;

  @Option(
      names = {"-d", "--debug"},
      defaultValue = "${env:DEBUG:-false}",
      fallbackValue = "true",
      description = "Log each request, never its content. Environment: DEBUG.")
  private boolean debug;

  @Spec private @Nullable CommandSpec spec;

  /** Serves until the process is told to stop. */
  @Override
  public Integer call() throws IOException, GeneralSecurityException, InterruptedException {
    Logging.start(debug);
    if (maxRecvMessageSize < 1 || maxRecvMessageSize > 1024) {
      throw usage("--max-recv-message-size must be from 1 to 1024");
    }
    PrometheusRegistry registry = new PrometheusRegistry();
    Metrics metrics = new Metrics(registry);
    RunFunction function = new RunFunction(new Composer(new SecureRandom())::compose, ttl, metrics);
    try (ReloadingTls tls = tls();
        FunctionServer server =
            new FunctionServer(
                Addresses.parse(address), tls, maxRecvMessageSize * MEBIBYTE, function, metrics);
        HttpEndpoints http =
            new HttpEndpoints(Addresses.parse(metricsAddress), server::ready, registry)) {
      Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(server::close));
      LOG.atInfo()
          .addKeyValue("port", server.port())
          .addKeyValue("metricsPort", http.port())
          .addKeyValue("tls", tls != null)
          .log("serving");
      server.await();
    }
    return 0;
  }

  private @Nullable ReloadingTls tls() throws IOException, GeneralSecurityException {
    if (insecure) {
      return null;
    }
    if (tlsCertsDir == null || tlsCertsDir.toString().isEmpty()) {
      throw usage(
          "give --tls-certs-dir (or TLS_SERVER_CERTS_DIR), or --insecure to serve without TLS");
    }
    return new ReloadingTls(tlsCertsDir, TLS_RELOAD);
  }

  private ParameterException usage(String message) {
    return new ParameterException(Objects.requireNonNull(spec).commandLine(), message);
  }
}
