package io.sessionstorage.compose;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sessionstorage.api.Problem;
import io.sessionstorage.compose.plan.Observed;
import io.sessionstorage.compose.plan.Selector;
import io.sessionstorage.compose.status.Condition;
import io.sessionstorage.compose.status.Event;
import io.sessionstorage.compose.status.Readiness;
import java.util.List;
import java.util.Map;

/** What the function answers. */
public sealed interface Answer {

  /**
   * Nothing may change until a user has mended the input.
   *
   * @param problems at least one
   */
  record Refused(List<Problem> problems) implements Answer {}

  /**
   * The whole desired state.
   *
   * @param status the composite's {@code status}
   * @param ready whether a client can use the store
   * @param connectionDetails for the claim's connection Secret; empty for a namespaced composite
   * @param requirements always the complete set, by the name under which {@link Request#required()}
   *     has the result
   */
  record Composed(
      List<Resource> resources,
      ObjectNode status,
      boolean ready,
      List<Condition> conditions,
      List<Event> events,
      Map<String, String> connectionDetails,
      Map<String, Selector> requirements,
      Poll poll)
      implements Answer {}

  /**
   * One composed resource.
   *
   * @param key the composition-resource-name, the same for the life of the composite
   * @param manifest the complete object, without status
   */
  record Resource(String key, Manifest manifest, boolean ready) {
    static Resource of(String key, Manifest manifest, Observed observed) {
      return new Resource(key, manifest, Readiness.of(manifest.tree(), observed.get(key)));
    }
  }

  /** When to run again if nothing is seen to change. */
  enum Poll {
    /** No timer: the answer holds new random values and must not be cached. */
    NONE,
    /** Soon: something is on its way. */
    SOON,
    /** At the function's usual interval. */
    REGULAR
  }
}
