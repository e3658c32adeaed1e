package io.sessionstorage.function;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import com.google.protobuf.ByteString;
import com.google.protobuf.Struct;
import com.google.protobuf.UnknownFieldSet;
import com.google.protobuf.Value;
import io.sessionstorage.compose.Answer;
import io.sessionstorage.compose.Answer.Composed;
import io.sessionstorage.compose.Answer.Poll;
import io.sessionstorage.compose.plan.Selector;
import io.sessionstorage.compose.status.Event;
import io.sessionstorage.proto.fn.v1.Capability;
import io.sessionstorage.proto.fn.v1.Condition;
import io.sessionstorage.proto.fn.v1.MatchLabels;
import io.sessionstorage.proto.fn.v1.Ready;
import io.sessionstorage.proto.fn.v1.Requirements;
import io.sessionstorage.proto.fn.v1.Resource;
import io.sessionstorage.proto.fn.v1.ResourceSelector;
import io.sessionstorage.proto.fn.v1.ResponseMeta;
import io.sessionstorage.proto.fn.v1.Result;
import io.sessionstorage.proto.fn.v1.RunFunctionRequest;
import io.sessionstorage.proto.fn.v1.RunFunctionResponse;
import io.sessionstorage.proto.fn.v1.Severity;
import io.sessionstorage.proto.fn.v1.State;
import io.sessionstorage.proto.fn.v1.Status;
import io.sessionstorage.proto.fn.v1.Target;
import io.sessionstorage.serve.Structs;
import java.time.Duration;

/** The composer's answer, as Crossplane takes it. */
final class Responses {
  private static final Duration SOON = Duration.ofSeconds(15);

  private Responses() {}

  /**
   * What every response has: the tag, the context, and what earlier steps of the pipeline want
   * (Functions specification).
   */
  static RunFunctionResponse.Builder to(RunFunctionRequest envelope, Duration ttl) {
    RunFunctionResponse.Builder response =
        RunFunctionResponse.newBuilder()
            .setMeta(
                ResponseMeta.newBuilder()
                    .setTag(envelope.getMeta().getTag())
                    .setTtl(
                        com.google.protobuf.Duration.newBuilder()
                            .setSeconds(ttl.toSeconds())
                            .setNanos(ttl.toNanosPart())))
            .setDesired(envelope.getDesired());
    if (envelope.hasContext()) {
      response.setContext(envelope.getContext());
    }
    return response;
  }

  /** Nothing is applied and nothing deleted until the cause is mended. */
  static RunFunctionResponse fatal(RunFunctionRequest envelope, Duration ttl, String message) {
    return to(envelope, ttl).addResults(result(Severity.SEVERITY_FATAL, message)).build();
  }

  static RunFunctionResponse composed(
      RunFunctionRequest envelope, JsonNode observed, Composed answer, Duration ttl) {
    RunFunctionResponse.Builder response = to(envelope, wait(answer.poll(), ttl));
    State.Builder desired = response.getDesiredBuilder();
    for (Answer.Resource resource : answer.resources()) {
      desired.putResources(
          resource.key(),
          Resource.newBuilder()
              .setUnknownFields(resource.manifest().as(UnknownFieldSet.class, Responses::written))
              .setReady(resource.ready() ? Ready.READY_TRUE : Ready.READY_FALSE)
              .build());
    }
    composite(envelope, observed, answer, desired.getCompositeBuilder());
    for (io.sessionstorage.compose.status.Condition condition : answer.conditions()) {
      response.addConditions(condition(condition));
    }
    for (Event event : answer.events()) {
      response.addResults(
          result(
                  event.warning() ? Severity.SEVERITY_WARNING : Severity.SEVERITY_NORMAL,
                  event.message())
              .toBuilder()
              .setReason(event.reason()));
    }
    return response.setRequirements(requirements(envelope, answer)).build();
  }

  /**
   * The object in the wire form of its field of a Resource, which is most of the work of an answer:
   * protobuf writes fields that it is said not to know as they are.
   */
  private static UnknownFieldSet written(ObjectNode object) {
    return UnknownFieldSet.newBuilder()
        .addField(
            Resource.RESOURCE_FIELD_NUMBER,
            UnknownFieldSet.Field.newBuilder()
                .addLengthDelimited(Structs.struct(object).toByteString())
                .build())
        .build();
  }

  private static Duration wait(Poll poll, Duration ttl) {
    return switch (poll) {
      case NONE -> Duration.ZERO;
      case SOON -> ttl.compareTo(SOON) < 0 ? ttl : SOON;
      case REGULAR -> ttl;
    };
  }

  /**
   * Adds the status, and holds the composite back while no client can use the store. A composite
   * that may be ready is left to Crossplane, which asks for every resource of every step.
   */
  private static void composite(
      RunFunctionRequest envelope, JsonNode observed, Composed answer, Resource.Builder composite) {
    Struct before = envelope.getDesired().getComposite().getResource();
    Struct.Builder resource = before.toBuilder();
    for (String field : new String[] {"apiVersion", "kind"}) {
      resource.putFields(
          field, Value.newBuilder().setStringValue(observed.path(field).asText()).build());
    }
    Struct.Builder status =
        before
            .getFieldsOrDefault("status", Value.getDefaultInstance())
            .getStructValue()
            .toBuilder();
    status.putAllFields(Structs.struct(answer.status()).getFieldsMap());
    resource.putFields("status", Value.newBuilder().setStructValue(status).build());
    composite.setResource(resource);
    if (!answer.ready()) {
      composite.setReady(Ready.READY_FALSE);
    }
    answer
        .connectionDetails()
        .forEach(
            (key, value) -> composite.putConnectionDetails(key, ByteString.copyFromUtf8(value)));
  }

  private static Condition condition(io.sessionstorage.compose.status.Condition condition) {
    return Condition.newBuilder()
        .setType(condition.type())
        .setStatus(
            switch (condition.status()) {
              case TRUE -> Status.STATUS_CONDITION_TRUE;
              case FALSE -> Status.STATUS_CONDITION_FALSE;
              case UNKNOWN -> Status.STATUS_CONDITION_UNKNOWN;
            })
        .setReason(condition.reason())
        .setMessage(condition.message())
        .setTarget(Target.TARGET_COMPOSITE_AND_CLAIM)
        .build();
  }

  private static Result result(Severity severity, String message) {
    return Result.newBuilder()
        .setSeverity(severity)
        .setMessage(message)
        .setTarget(Target.TARGET_COMPOSITE_AND_CLAIM)
        .build();
  }

  /**
   * Always the complete set; Crossplane 1.x, which names no capabilities, knows it by its old name
   * only.
   */
  private static Requirements requirements(RunFunctionRequest envelope, Composed answer) {
    Requirements.Builder requirements = Requirements.newBuilder();
    boolean modern =
        envelope.getMeta().getCapabilitiesList().contains(Capability.CAPABILITY_CAPABILITIES);
    answer
        .requirements()
        .forEach(
            (key, selector) -> {
              requirements.putResources(key, selector(selector));
              if (!modern) {
                requirements.putExtraResources(key, selector(selector));
              }
            });
    return requirements.build();
  }

  private static ResourceSelector selector(Selector selector) {
    ResourceSelector.Builder builder =
        ResourceSelector.newBuilder().setApiVersion(selector.apiVersion()).setKind(selector.kind());
    if (!selector.namespace().isEmpty()) {
      builder.setNamespace(selector.namespace());
    }
    return selector.name().isEmpty()
        ? builder.setMatchLabels(MatchLabels.newBuilder().putAllLabels(selector.labels())).build()
        : builder.setMatchName(selector.name()).build();
  }
}
