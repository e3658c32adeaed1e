package io.sessionstorage.compose.plan;

import io.sessionstorage.api.Consumer;
import io.sessionstorage.api.Instance;
import io.sessionstorage.api.PlatformDefaults;
import io.sessionstorage.api.SessionStorage;
import java.util.List;
import java.util.Locale;
import java.util.Map;

/**
 * What is decided about the MCP servers that a SessionStorage names, whichever store it is.
 *
 * @param supported whether the cluster knows the provider's Binding. An object of a kind that is
 *     not there would keep Crossplane from applying any other.
 * @param labels for every object, the platform's own included
 */
public record ConsumerPlan(
    Instance instance, List<Consumer> consumers, boolean supported, Map<String, String> labels) {
  /** The requirement whose result is the kind Binding, if the cluster has it. */
  public static final String KIND = "binding-kind";

  private static final Selector DEFINITION =
      new Selector(
          "apiextensions.k8s.io/v1",
          "CustomResourceDefinition",
          "",
          "bindings.valkey.m.toolhive.stacklok.dev",
          Map.of());

  /** Decides. */
  public static ConsumerPlan of(
      SessionStorage storage, PlatformDefaults defaults, Observed observed) {
    return new ConsumerPlan(
        storage.instance(),
        storage.consumers(),
        !observed.required().getOrDefault(KIND, List.of()).isEmpty(),
        Plan.labels(storage.instance(), defaults));
  }

  /** What has to be read beside the composed resources. */
  public Map<String, Selector> requirements() {
    return consumers.isEmpty() ? Map.of() : Map.of(KIND, DEFINITION);
  }

  /** The name of a consumer's Binding. */
  public String binding(Consumer consumer) {
    return "%s-%s-%s".formatted(instance.name(), lower(consumer), consumer.name());
  }

  /** The composition-resource-name of a consumer's Binding. */
  public static String key(Consumer consumer) {
    return "binding-%s-%s".formatted(lower(consumer), consumer.name());
  }

  private static String lower(Consumer consumer) {
    return consumer.kind().toLowerCase(Locale.ROOT);
  }
}
