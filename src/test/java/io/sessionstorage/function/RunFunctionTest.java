package io.sessionstorage.function;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.google.protobuf.ByteString;
import com.google.protobuf.InvalidProtocolBufferException;
import com.google.protobuf.Struct;
import com.google.protobuf.Value;
import io.grpc.ManagedChannel;
import io.grpc.Server;
import io.grpc.inprocess.InProcessChannelBuilder;
import io.grpc.inprocess.InProcessServerBuilder;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.sessionstorage.compose.Answer;
import io.sessionstorage.compose.Answer.Composed;
import io.sessionstorage.compose.Answer.Poll;
import io.sessionstorage.compose.Composer;
import io.sessionstorage.compose.Request;
import io.sessionstorage.proto.fn.v1.Capability;
import io.sessionstorage.proto.fn.v1.FunctionRunnerServiceGrpc;
import io.sessionstorage.proto.fn.v1.FunctionRunnerServiceGrpc.FunctionRunnerServiceBlockingStub;
import io.sessionstorage.proto.fn.v1.Ready;
import io.sessionstorage.proto.fn.v1.RequestMeta;
import io.sessionstorage.proto.fn.v1.Resource;
import io.sessionstorage.proto.fn.v1.Result;
import io.sessionstorage.proto.fn.v1.RunFunctionRequest;
import io.sessionstorage.proto.fn.v1.RunFunctionResponse;
import io.sessionstorage.proto.fn.v1.Severity;
import io.sessionstorage.proto.fn.v1.State;
import io.sessionstorage.testing.Requirement;
import java.io.IOException;
import java.security.SecureRandom;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.UUID;
import java.util.function.Function;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

/** What the Functions specification, and Crossplane's core, ask of a function. */
class RunFunctionTest {
  private static final Duration TTL = Duration.ofSeconds(60);

  private final List<AutoCloseable> running = new ArrayList<>();

  @AfterEach
  void stop() throws Exception {
    for (AutoCloseable resource : running) {
      resource.close();
    }
  }

  @Test
  @Requirement("Functions specification: a function MUST copy meta.tag to the response, unmodified")
  void copiesTheTag() {
    RunFunctionRequest request =
        request(xr("small"))
            .setMeta(RequestMeta.newBuilder().setTag("a tag, not to be read"))
            .build();

    assertThat(run(request).getMeta().getTag()).isEqualTo("a tag, not to be read");
  }

  @Test
  @Requirement("Functions specification: a function MUST NOT inspect the tag")
  void answersTheSameWhateverTheTag() {
    State settled = settled(xr("small"));
    RunFunctionRequest.Builder request = RunFunctionRequest.newBuilder().setObserved(settled);
    RunFunctionResponse one = run(request.setMeta(RequestMeta.newBuilder().setTag("1")).build());
    RunFunctionResponse two = run(request.setMeta(RequestMeta.newBuilder().setTag("2")).build());

    assertThat(one.toBuilder().clearMeta().build()).isEqualTo(two.toBuilder().clearMeta().build());
  }

  @Test
  @Requirement(
      "Functions specification: a function SHOULD set a ttl, which must be true: zero while the answer holds new random values")
  void setsATtlOfZeroWhileThePasswordsAreNew() {
    RunFunctionResponse response = run(request(xr("medium")).build());

    assertThat(response.getMeta().hasTtl()).isTrue();
    assertThat(response.getMeta().getTtl().getSeconds()).isZero();
  }

  @Test
  @Requirement(
      "Core: ttl is the only timer of a composite, so a settled one gets the configured interval and one on its way a shorter one")
  void setsTheTtlThatItIsToldWhenSettled() {
    assertThat(ttl(Poll.REGULAR)).isEqualTo(60);
    assertThat(ttl(Poll.SOON)).isEqualTo(15);
    assertThat(ttl(Poll.NONE)).isZero();
  }

  @Test
  @Requirement(
      "Functions specification: a function MUST pass on desired resources of other steps, with their readiness")
  void keepsWhatOtherStepsDesire() {
    Resource other =
        Resource.newBuilder()
            .setResource(struct("kind", "Bucket"))
            .setReady(Ready.READY_TRUE)
            .build();
    RunFunctionRequest request =
        request(xr("small")).setDesired(State.newBuilder().putResources("bucket", other)).build();

    RunFunctionResponse response = run(request);

    assertThat(response.getDesired().getResourcesMap())
        .containsEntry("bucket", other)
        .containsKey("statefulset");
  }

  @Test
  @Requirement(
      "Functions specification: a function MUST pass on the desired composite of other steps")
  void keepsTheStatusThatOtherStepsDesire() {
    Struct status =
        Struct.newBuilder().putFields("status", object(struct("other", "step"))).build();
    RunFunctionRequest request =
        request(xr("small"))
            .setDesired(
                State.newBuilder()
                    .setComposite(
                        Resource.newBuilder()
                            .setResource(status)
                            .putConnectionDetails("k", ByteString.copyFromUtf8("v"))))
            .build();

    Resource composite = run(request).getDesired().getComposite();

    assertThat(composite.getResource().getFieldsOrThrow("status").getStructValue().getFieldsMap())
        .containsKeys("other", "phase", "message");
    assertThat(composite.getConnectionDetailsMap()).containsKey("k");
  }

  @Test
  @Requirement("Functions specification: a function MUST pass on the context")
  void keepsTheContext() {
    Struct context = struct("apiextensions.crossplane.io/environment", "x");

    assertThat(run(request(xr("small")).setContext(context).build()).getContext())
        .isEqualTo(context);
  }

  @Test
  @Requirement(
      "Functions specification: a function MUST NOT set the composite's spec or metadata, only its status")
  void setsOnlyTheStatusOfTheComposite() {
    Struct composite = run(request(xr("medium")).build()).getDesired().getComposite().getResource();

    assertThat(composite.getFieldsMap().keySet())
        .containsExactlyInAnyOrder("apiVersion", "kind", "status");
  }

  @Test
  @Requirement("Functions specification: a function MUST NOT set the status of composed resources")
  void setsNoStatusOfComposedResources() {
    RunFunctionResponse response = run(request(xr("medium")).build());

    assertThat(response.getDesired().getResourcesMap().values())
        .isNotEmpty()
        .noneMatch(resource -> resource.getResource().containsFields("status"));
  }

  @Test
  @Requirement(
      "Functions specification: a function SHOULD NOT set metadata.name. Not followed: Service, StatefulSet, Secrets and volume find each other by name, and consumers find the Secret")
  void namesEachResourceAfterTheSessionStorage() {
    RunFunctionResponse response = run(request(xr("medium")).build());

    assertThat(response.getDesired().getResourcesMap().values())
        .allMatch(
            resource ->
                resource
                    .getResource()
                    .getFieldsOrThrow("metadata")
                    .getStructValue()
                    .getFieldsOrThrow("name")
                    .getStringValue()
                    .contains("shared"));
  }

  @Test
  @Requirement(
      "Functions specification: a function returns a Fatal result only to end the whole pipeline, and no gRPC error for user input")
  void refusesWithOneFatalResultThatNamesTheField() {
    RunFunctionResponse response = run(request(xr("huge")).build());

    assertThat(response.getResultsList())
        .singleElement()
        .satisfies(
            result -> {
              assertThat(result.getSeverity()).isEqualTo(Severity.SEVERITY_FATAL);
              assertThat(result.getMessage())
                  .startsWith("cannot compose SessionStorage team-a/shared: spec.size:")
                  .doesNotContain("\n");
            });
  }

  @Test
  @Requirement("Core: what an answer lacks is deleted, so a refusal keeps what other steps desire")
  void refusesWithoutDroppingWhatOthersDesire() {
    Resource other = Resource.newBuilder().setResource(struct("kind", "Bucket")).build();
    RunFunctionRequest request =
        request(xr("huge")).setDesired(State.newBuilder().putResources("bucket", other)).build();

    assertThat(run(request).getDesired().getResourcesMap()).containsOnlyKeys("bucket");
  }

  @Test
  @Requirement(
      "Functions specification: a function MUST NOT return a Warning or Normal result on every call, only on transitions")
  void repeatsNoResult() {
    State settled = settled(xr("small"));

    assertThat(run(RunFunctionRequest.newBuilder().setObserved(settled).build()).getResultsList())
        .isEmpty();
  }

  @Test
  @Requirement("Core: requirements are the same complete set on every call")
  void asksForTheSameResourcesOnEveryCall() {
    State settled = settled(xr("medium"));
    RunFunctionRequest.Builder request =
        RunFunctionRequest.newBuilder().setObserved(settled).setMeta(modern());
    RunFunctionResponse first = run(request.build());
    RunFunctionResponse second =
        run(
            request
                .putRequiredResources(
                    "pods", io.sessionstorage.proto.fn.v1.Resources.getDefaultInstance())
                .build());

    assertThat(first.getRequirements()).isEqualTo(second.getRequirements());
    assertThat(first.getRequirements().getResourcesMap()).containsKey("pods");
    assertThat(first.getRequirements().getResourcesOrThrow("pods").getNamespace())
        .isEqualTo("team-a");
  }

  @Test
  @Requirement(
      "Core 1.x: without CAPABILITY_CAPABILITIES requirements go out under their old name as well")
  void asksOldCrossplanesUnderTheOldName() {
    RunFunctionRequest.Builder request =
        RunFunctionRequest.newBuilder().setObserved(settled(xr("small")));

    assertThat(run(request.build()).getRequirements().getExtraResourcesMap()).containsKey("pods");
    assertThat(run(request.setMeta(modern()).build()).getRequirements().getExtraResourcesMap())
        .isEmpty();
  }

  @Test
  @Requirement(
      "Core: a composed resource is ready only if the function says so, and the composite is held back while no client can use it")
  void holdsTheCompositeBackUntilItCanBeUsed() {
    RunFunctionResponse response = run(request(xr("small")).build());

    assertThat(response.getDesired().getComposite().getReady()).isEqualTo(Ready.READY_FALSE);
    assertThat(response.getDesired().getResourcesMap().values())
        .allMatch(resource -> resource.getReady() != Ready.READY_UNSPECIFIED);
  }

  @Test
  @Requirement("Core: integers stay integers, because the API server refuses 6379.0")
  void writesWholeNumbersAsNumbersWithoutFraction() {
    Value port =
        run(request(xr("small")).build())
            .getDesired()
            .getResourcesOrThrow("service")
            .getResource()
            .getFieldsOrThrow("spec")
            .getStructValue()
            .getFieldsOrThrow("ports")
            .getListValue()
            .getValues(0)
            .getStructValue()
            .getFieldsOrThrow("port");

    assertThat(port.getNumberValue()).isEqualTo(6379d);
  }

  @ParameterizedTest
  @ValueSource(strings = {"apiextensions.fn.proto.v1", "apiextensions.fn.proto.v1beta1"})
  @Requirement(
      "Functions specification: a function MUST implement FunctionRunnerService; v1beta1 serves old Crossplanes")
  void servesBothVersionsOfTheProtocol(String version) {
    RunFunctionResponse response =
        io.grpc.stub.ClientCalls.blockingUnaryCall(
            channel(new Composer(new SecureRandom())::compose),
            FunctionRunnerServiceGrpc.getRunFunctionMethod().toBuilder()
                .setFullMethodName(version + ".FunctionRunnerService/RunFunction")
                .build(),
            io.grpc.CallOptions.DEFAULT,
            request(xr("small")).build());

    assertThat(response.getDesired().getResourcesMap()).containsKey("statefulset");
  }

  @Test
  void answersAnEmptyRequestWithAFatalResult() {
    assertThat(run(RunFunctionRequest.getDefaultInstance()).getResultsList())
        .singleElement()
        .extracting(Result::getSeverity)
        .isEqualTo(Severity.SEVERITY_FATAL);
  }

  @Test
  void answersABugWithAFatalResultThatShowsNothingOfTheRequest() {
    RunFunctionResponse response =
        stub(request -> {
              throw new IllegalStateException("secret");
            })
            .runFunction(request(xr("small")).build());

    assertThat(response.getResultsList())
        .singleElement()
        .satisfies(
            result -> {
              assertThat(result.getSeverity()).isEqualTo(Severity.SEVERITY_FATAL);
              assertThat(result.getMessage())
                  .contains("bug", "IllegalStateException")
                  .doesNotContain("secret", "\n");
            });
  }

  @Test
  @Requirement("Core: a response stays below 4 MiB; a larger one becomes a Fatal result")
  void refusesToAnswerMoreThanCrossplaneTakes() {
    Resource large = Resource.newBuilder().setResource(struct("data", "x".repeat(4 << 20))).build();
    RunFunctionRequest request =
        request(xr("small")).setDesired(State.newBuilder().putResources("large", large)).build();

    RunFunctionResponse response = run(request);

    assertThat(response.getSerializedSize()).isLessThan(4 << 20);
    assertThat(response.getResultsList())
        .singleElement()
        .extracting(Result::getSeverity)
        .isEqualTo(Severity.SEVERITY_FATAL);
  }

  @Test
  @Requirement(
      "Core: observed state of 4 MiB, managedFields included, is answered, and not repeated")
  void answersFourMebibytesOfObservedState() {
    State settled = settled(xr("medium"));
    Struct noisy =
        settled.getResourcesOrThrow("config").getResource().toBuilder()
            .putFields("padding", Value.newBuilder().setStringValue("x".repeat(4 << 20)).build())
            .build();
    RunFunctionRequest request =
        RunFunctionRequest.newBuilder()
            .setObserved(
                settled.toBuilder()
                    .putResources("config", Resource.newBuilder().setResource(noisy).build()))
            .build();

    RunFunctionResponse response = run(request);

    assertThat(response.getResultsList()).isEmpty();
    assertThat(response.getSerializedSize()).isLessThan(1 << 20);
  }

  @Test
  @Requirement(
      "Core: connection details are for claims only; a namespaced composite has its Secret")
  void givesConnectionDetailsToClaims() {
    Struct claimed =
        Struct.newBuilder()
            .putAllFields(xr("small").getFieldsMap())
            .putFields("kind", text("XSessionStorage"))
            .putFields(
                "spec",
                object(
                    Struct.newBuilder()
                        .putFields("size", text("small"))
                        .putFields(
                            "claimRef",
                            object(
                                Struct.newBuilder()
                                    .putFields("name", text("shared"))
                                    .putFields("namespace", text("team-a"))
                                    .build()))
                        .build()))
            .build();

    assertThat(run(request(claimed).build()).getDesired().getComposite().getConnectionDetailsMap())
        .containsKeys("password", "uri");
    assertThat(
            run(request(xr("small")).build()).getDesired().getComposite().getConnectionDetailsMap())
        .isEmpty();
  }

  private long ttl(Poll poll) {
    Answer answer =
        new Composed(
            List.of(),
            JsonNodeFactory.instance.objectNode(),
            true,
            List.of(),
            List.of(),
            Map.of(),
            Map.of(),
            poll);
    return received(stub(request -> answer).runFunction(request(xr("small")).build()))
        .getMeta()
        .getTtl()
        .getSeconds();
  }

  /** The state after as many calls as it takes until nothing changes. */
  private State settled(Struct composite) {
    RunFunctionResponse response = run(request(composite).build());
    Struct observed =
        composite.toBuilder()
            .putFields(
                "status",
                response.getDesired().getComposite().getResource().getFieldsOrThrow("status"))
            .build();
    State state =
        State.newBuilder()
            .setComposite(Resource.newBuilder().setResource(observed))
            .putAllResources(response.getDesired().getResourcesMap())
            .build();
    RunFunctionResponse next = run(RunFunctionRequest.newBuilder().setObserved(state).build());
    return state.toBuilder()
        .setComposite(
            Resource.newBuilder()
                .setResource(
                    observed.toBuilder()
                        .putFields(
                            "status",
                            next.getDesired()
                                .getComposite()
                                .getResource()
                                .getFieldsOrThrow("status"))))
        .build();
  }

  private RunFunctionResponse run(RunFunctionRequest request) {
    return received(stub(new Composer(new SecureRandom())::compose).runFunction(request));
  }

  /** In process a message is passed on as it is; Crossplane reads what is written of it. */
  private static RunFunctionResponse received(RunFunctionResponse sent) {
    try {
      return RunFunctionResponse.parseFrom(sent.toByteString());
    } catch (InvalidProtocolBufferException e) {
      throw new AssertionError(e);
    }
  }

  private FunctionRunnerServiceBlockingStub stub(Function<Request, Answer> composer) {
    return FunctionRunnerServiceGrpc.newBlockingStub(channel(composer));
  }

  private ManagedChannel channel(Function<Request, Answer> composer) {
    String name = UUID.randomUUID().toString();
    RunFunction function = new RunFunction(composer, TTL, new Metrics(new PrometheusRegistry()));
    try {
      Server server =
          InProcessServerBuilder.forName(name)
              .directExecutor()
              .addServices(FunctionServices.of(function))
              .build()
              .start();
      ManagedChannel channel =
          InProcessChannelBuilder.forName(name)
              .directExecutor()
              .maxInboundMessageSize(32 << 20)
              .build();
      running.add(channel::shutdownNow);
      running.add(server::shutdownNow);
      return channel;
    } catch (IOException e) {
      throw new AssertionError(e);
    }
  }

  private static RequestMeta modern() {
    return RequestMeta.newBuilder().addCapabilities(Capability.CAPABILITY_CAPABILITIES).build();
  }

  private static RunFunctionRequest.Builder request(Struct composite) {
    return RunFunctionRequest.newBuilder()
        .setObserved(State.newBuilder().setComposite(Resource.newBuilder().setResource(composite)));
  }

  private static Struct xr(String size) {
    return Struct.newBuilder()
        .putFields("apiVersion", text("toolhive.stacklok.dev/v1alpha1"))
        .putFields("kind", text("SessionStorage"))
        .putFields(
            "metadata",
            object(
                Struct.newBuilder()
                    .putFields("name", text("shared"))
                    .putFields("namespace", text("team-a"))
                    .build()))
        .putFields("spec", object(struct("size", size)))
        .build();
  }

  private static Struct struct(String key, String value) {
    return Struct.newBuilder().putFields(key, text(value)).build();
  }

  private static Value object(Struct struct) {
    return Value.newBuilder().setStructValue(struct).build();
  }

  private static Value text(String text) {
    return Value.newBuilder().setStringValue(text).build();
  }
}
