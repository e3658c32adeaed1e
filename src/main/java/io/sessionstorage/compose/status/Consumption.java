package io.sessionstorage.compose.status;

import com.fasterxml.jackson.databind.JsonNode;
import io.sessionstorage.api.Consumer;
import io.sessionstorage.compose.plan.ConsumerPlan;
import io.sessionstorage.compose.plan.Observed;
import java.util.ArrayList;
import java.util.List;
import java.util.Optional;
import java.util.stream.Collectors;

/**
 * Whether the MCP servers that a SessionStorage names use the store. It says nothing about whether
 * the store is ready.
 */
public final class Consumption {
  private static final String TYPE = "ConsumersBound";
  private static final String BOUND = "Bound";
  private static final String NONE = "NoConsumers";
  private static final String PENDING = "Pending";

  private Consumption() {}

  /** Empty if no consumer is named, and none was. */
  public static Optional<Condition> condition(
      ConsumerPlan plan, Observed observed, boolean available) {
    if (plan.consumers().isEmpty()) {
      return before(observed).isObject()
          ? Optional.of(new Condition(TYPE, true, NONE, "spec.consumers names none."))
          : Optional.empty();
    }
    if (!plan.supported()) {
      return Optional.of(
          new Condition(
              TYPE,
              false,
              "ProviderMissing",
              "No consumer is bound: this cluster has no kind Binding of valkey.m.toolhive.stacklok.dev. Install provider-valkey (docs/install.md), or remove spec.consumers. The store itself needs no provider."));
    }
    List<String> refused = new ArrayList<>();
    List<String> pending = new ArrayList<>();
    for (Consumer consumer : plan.consumers()) {
      JsonNode binding = observed.get(ConsumerPlan.key(consumer));
      String obstacle = obstacle(binding);
      if (!obstacle.isEmpty()) {
        refused.add("%s is not bound: %s".formatted(consumer, obstacle));
      } else if (!Observed.says(binding, "Ready", "True")
          || Observed.says(binding, "RolledOut", "False")) {
        pending.add(consumer.toString());
      }
    }
    if (!refused.isEmpty()) {
      return Optional.of(new Condition(TYPE, false, "NotBound", String.join(". ", refused) + "."));
    }
    return Optional.of(
        pending.isEmpty()
            ? new Condition(
                TYPE, true, BOUND, "%s use the store.".formatted(names(plan.consumers())))
            : new Condition(
                TYPE,
                false,
                PENDING,
                available
                    ? "%s: the proxies are being replaced by ones that use the store."
                        .formatted(String.join(", ", pending))
                    : "%s: bound as soon as the store is ready."
                        .formatted(String.join(", ", pending))));
  }

  /** That the condition has another reason. */
  public static Optional<Event> event(Condition condition, Observed observed) {
    String reason = condition.reason();
    return reason.equals(before(observed).path("reason").asText())
            || reason.equals(PENDING)
            || reason.equals(NONE)
        ? Optional.empty()
        : Optional.of(
            new Event(
                condition.status() == Condition.Status.FALSE,
                "Consumers" + reason,
                condition.message()));
  }

  private static String names(List<Consumer> consumers) {
    return consumers.stream().map(Consumer::toString).collect(Collectors.joining(", "));
  }

  /** What the provider says to be in the way; empty if nothing is. */
  private static String obstacle(JsonNode binding) {
    JsonNode ready = Observed.condition(binding, "Ready");
    JsonNode synced = Observed.condition(binding, "Synced");
    JsonNode cause =
        "False".equals(ready.path("status").asText()) && !message(ready).isEmpty() ? ready : synced;
    boolean failed =
        "False".equals(cause.path("status").asText())
            && !"True".equals(ready.path("status").asText());
    return failed ? message(cause) : "";
  }

  /** Without a full stop. */
  private static String message(JsonNode condition) {
    return condition.path("message").asText().strip().replaceAll("[.]+$", "");
  }

  private static JsonNode before(Observed observed) {
    return Observed.condition(observed.composite(), TYPE);
  }
}
