package io.sessionstorage.compose.resource;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.sessionstorage.api.Consumer;
import io.sessionstorage.compose.plan.ConsumerPlan;
import io.sessionstorage.compose.plan.Observed;
import java.util.Map;
import java.util.TreeMap;

/** What the provider binds the MCP servers with. */
public final class Bindings {
  private Bindings() {}

  /**
   * A Binding for each consumer. A new one waits for the store: a proxy does not start without it.
   *
   * @param available whether consumers can use the store
   */
  public static Map<String, HasMetadata> of(
      ConsumerPlan plan, Observed observed, boolean available) {
    Map<String, HasMetadata> objects = new TreeMap<>();
    for (Consumer consumer : plan.consumers()) {
      String key = ConsumerPlan.key(consumer);
      if (plan.supported() && (available || observed.has(key))) {
        objects.put(key, binding(plan, consumer));
      }
    }
    return objects;
  }

  private static HasMetadata binding(ConsumerPlan plan, Consumer consumer) {
    return Connections.resource(
        "Binding",
        new ObjectMetaBuilder()
            .withName(plan.binding(consumer))
            .withNamespace(plan.instance().namespace())
            .withLabels(plan.labels())
            .build(),
        Map.of(
            "forProvider",
            Map.of(
                "consumer",
                Map.of("kind", consumer.kind(), "name", consumer.name()),
                "storageRef",
                Map.of("name", plan.instance().name()))));
  }
}
