package io.sessionstorage.function;

import com.fasterxml.jackson.databind.JsonNode;
import io.grpc.stub.StreamObserver;
import io.sessionstorage.api.Problem;
import io.sessionstorage.compose.Answer;
import io.sessionstorage.compose.Answer.Composed;
import io.sessionstorage.compose.Answer.Refused;
import io.sessionstorage.compose.Request;
import io.sessionstorage.proto.fn.v1.RunFunctionRequest;
import io.sessionstorage.proto.fn.v1.RunFunctionResponse;
import java.time.Duration;
import java.util.Arrays;
import java.util.function.Function;
import java.util.stream.Collectors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The composition function. It answers every request: what is wrong is a FATAL result, never a gRPC
 * error.
 */
final class RunFunction {
  private static final Logger LOG = LoggerFactory.getLogger(RunFunction.class);

  /** Crossplane's client takes no larger message, and cannot be told to. */
  private static final int LARGEST_RESPONSE = 4 << 20;

  private static final int FRAMES = 12;

  private final Function<Request, Answer> composer;
  private final Duration ttl;
  private final Metrics metrics;

  /**
   * A function that asks {@code composer}.
   *
   * @param ttl how long to wait until a settled composite is looked at again
   */
  RunFunction(Function<Request, Answer> composer, Duration ttl, Metrics metrics) {
    this.composer = composer;
    this.ttl = ttl;
    this.metrics = metrics;
  }

  void run(Call call, StreamObserver<RunFunctionResponse> observer) {
    RunFunctionResponse response = answer(call.envelope(), call.request());
    response.getResultsList().forEach(result -> metrics.result(result.getSeverity()));
    observer.onNext(response);
    observer.onCompleted();
  }

  private RunFunctionResponse answer(RunFunctionRequest envelope, Request request) {
    String composite = name(request.composite());
    try {
      RunFunctionResponse response =
          switch (composer.apply(request)) {
            case Composed composed ->
                Responses.composed(envelope, request.composite(), composed, ttl);
            case Refused refused -> Responses.fatal(envelope, ttl, message(composite, refused));
          };
      if (response.getSerializedSize() > LARGEST_RESPONSE) {
        response =
            Responses.fatal(
                envelope.toBuilder().clearDesired().build(), ttl, tooLarge(composite, response));
      }
      LOG.atDebug()
          .addKeyValue("composite", composite)
          .addKeyValue("tag", envelope.getMeta().getTag())
          .addKeyValue("resources", response.getDesired().getResourcesCount())
          .addKeyValue("results", response.getResultsCount())
          .log("answered");
      return response;
    } catch (RuntimeException e) {
      // Not its message, nor those of its causes: they may quote the request.
      LOG.atError()
          .addKeyValue("composite", composite)
          .addKeyValue("exception", e.getClass().getName())
          .addKeyValue("at", Arrays.stream(e.getStackTrace()).limit(FRAMES).toList())
          .log("cannot answer");
      return Responses.fatal(
          envelope,
          ttl,
          "cannot compose %s: this is a bug of the function (%s): please report it with the function's log"
              .formatted(composite, e.getClass().getSimpleName()));
    }
  }

  private static String tooLarge(String composite, RunFunctionResponse response) {
    return "cannot compose %s: the answer of %d bytes is larger than Crossplane's limit of %d: make the pipeline's other steps desire less"
        .formatted(composite, response.getSerializedSize(), LARGEST_RESPONSE);
  }

  private static String message(String composite, Refused refused) {
    return "cannot compose %s: %s"
        .formatted(
            composite,
            refused.problems().stream().map(Problem::toString).collect(Collectors.joining("; ")));
  }

  private static String name(JsonNode composite) {
    String kind = composite.path("kind").asText("the composite");
    JsonNode metadata = composite.path("metadata");
    String namespace = metadata.path("namespace").asText("");
    return kind
        + " "
        + (namespace.isEmpty() ? "" : namespace + "/")
        + metadata.path("name").asText("");
  }
}
