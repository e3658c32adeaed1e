package io.sessionstorage.function;

import io.grpc.ForwardingServerCall.SimpleForwardingServerCall;
import io.grpc.Metadata;
import io.grpc.ServerCall;
import io.grpc.ServerCallHandler;
import io.grpc.ServerInterceptor;
import io.grpc.Status;
import io.prometheus.metrics.core.metrics.Counter;
import io.prometheus.metrics.core.metrics.Histogram;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.sessionstorage.proto.fn.v1.Severity;
import java.util.Locale;

/** What the function counts, under the names of Go's gRPC servers, so that dashboards fit. */
final class Metrics implements ServerInterceptor {
  private static final String[] CALL = {"grpc_service", "grpc_method"};
  private static final double NANOS = 1e9;

  private final Counter started;
  private final Counter handled;
  private final Histogram seconds;
  private final Counter results;

  Metrics(PrometheusRegistry registry) {
    started =
        Counter.builder()
            .name("grpc_server_started_total")
            .help("RPCs started.")
            .labelNames(CALL)
            .register(registry);
    handled =
        Counter.builder()
            .name("grpc_server_handled_total")
            .help("RPCs completed, by code.")
            .labelNames("grpc_service", "grpc_method", "grpc_code")
            .register(registry);
    seconds =
        Histogram.builder()
            .name("grpc_server_handling_seconds")
            .help("Time to answer an RPC.")
            .labelNames(CALL)
            .classicOnly()
            .classicUpperBounds(.001, .0025, .005, .01, .025, .05, .1, .25, .5, 1, 2.5, 5)
            .register(registry);
    results =
        Counter.builder()
            .name("function_results_total")
            .help("Results returned, by severity.")
            .labelNames("severity")
            .register(registry);
    for (Severity severity :
        new Severity[] {
          Severity.SEVERITY_FATAL, Severity.SEVERITY_WARNING, Severity.SEVERITY_NORMAL
        }) {
      results.initLabelValues(label(severity));
    }
  }

  void result(Severity severity) {
    results.labelValues(label(severity)).inc();
  }

  private static String label(Severity severity) {
    return severity.name().replace("SEVERITY_", "").toLowerCase(Locale.ROOT);
  }

  @Override
  public <Q, A> ServerCall.Listener<Q> interceptCall(
      ServerCall<Q, A> call, Metadata headers, ServerCallHandler<Q, A> next) {
    String service = String.valueOf(call.getMethodDescriptor().getServiceName());
    String method = String.valueOf(call.getMethodDescriptor().getBareMethodName());
    long start = System.nanoTime();
    started.labelValues(service, method).inc();
    return next.startCall(
        new SimpleForwardingServerCall<>(call) {
          @Override
          public void close(Status status, Metadata trailers) {
            super.close(status, trailers);
            handled.labelValues(service, method, status.getCode().name()).inc();
            seconds.labelValues(service, method).observe((System.nanoTime() - start) / NANOS);
          }
        },
        headers);
  }
}
