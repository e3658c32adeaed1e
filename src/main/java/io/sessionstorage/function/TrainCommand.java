package io.sessionstorage.function;

import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.grpc.ManagedChannel;
import io.grpc.netty.shaded.io.grpc.netty.NettyChannelBuilder;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.sessionstorage.compose.Composer;
import io.sessionstorage.proto.fn.v1.FunctionRunnerServiceGrpc;
import io.sessionstorage.proto.fn.v1.Resource;
import io.sessionstorage.proto.fn.v1.RunFunctionRequest;
import io.sessionstorage.proto.fn.v1.RunFunctionResponse;
import io.sessionstorage.proto.fn.v1.State;
import io.sessionstorage.serve.HttpEndpoints;
import io.sessionstorage.serve.Logging;
import java.io.IOException;
import java.net.InetAddress;
import java.net.InetSocketAddress;
import java.net.URI;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.concurrent.Callable;
import picocli.CommandLine.Command;

/**
 * Serves a few requests to itself and ends, so that the JVM can cache what the function loads at
 * its start.
 */
@Command(name = "train", hidden = true)
public final class TrainCommand implements Callable<Integer> {
  private static final int ROUNDS = 20;
  private static final int MEBIBYTE = 1 << 20;

  /** Ends when the last request is answered. */
  @Override
  public Integer call() throws IOException {
    Logging.start(false);
    PrometheusRegistry registry = new PrometheusRegistry();
    Metrics metrics = new Metrics(registry);
    RunFunction function =
        new RunFunction(new Composer(new SecureRandom())::compose, Duration.ofMinutes(1), metrics);
    InetSocketAddress anywhere = new InetSocketAddress(InetAddress.getLoopbackAddress(), 0);
    try (FunctionServer server =
            new FunctionServer(anywhere, null, 4 * MEBIBYTE, function, metrics);
        HttpEndpoints http = new HttpEndpoints(anywhere, server::ready, registry)) {
      ManagedChannel channel =
          NettyChannelBuilder.forAddress("127.0.0.1", server.port()).usePlaintext().build();
      var stub = FunctionRunnerServiceGrpc.newBlockingStub(channel);
      State.Builder observed =
          State.newBuilder().setComposite(Resource.newBuilder().setResource(medium()));
      for (int i = 0; i < ROUNDS; i++) {
        RunFunctionResponse response =
            stub.runFunction(RunFunctionRequest.newBuilder().setObserved(observed).build());
        observed.putAllResources(response.getDesired().getResourcesMap());
      }
      channel.shutdownNow();
      for (String path : new String[] {"livez", "readyz", "metrics"}) {
        URI.create("http://127.0.0.1:%d/%s".formatted(http.port(), path))
            .toURL()
            .openStream()
            .close();
      }
    }
    return 0;
  }

  private static Struct medium() {
    Value metadata =
        object(
            Struct.newBuilder()
                .putFields("name", text("shared"))
                .putFields("namespace", text("default")));
    return Struct.newBuilder()
        .putFields("apiVersion", text("toolhive.stacklok.dev/v1alpha1"))
        .putFields("kind", text("SessionStorage"))
        .putFields("metadata", metadata)
        .putFields("spec", object(Struct.newBuilder().putFields("size", text("medium"))))
        .build();
  }

  private static Value object(Struct.Builder struct) {
    return Value.newBuilder().setStructValue(struct).build();
  }

  private static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }
}
