package io.sessionstorage.compose;

import io.sessionstorage.api.PlatformDefaults;
import io.sessionstorage.api.SessionStorage;
import io.sessionstorage.compose.Answer.Composed;
import io.sessionstorage.compose.Answer.Resource;
import io.sessionstorage.compose.plan.ConsumerPlan;
import io.sessionstorage.compose.plan.Observed;
import io.sessionstorage.compose.plan.Selector;
import io.sessionstorage.compose.resource.Bindings;
import io.sessionstorage.compose.resource.Trees;
import io.sessionstorage.compose.status.Condition;
import io.sessionstorage.compose.status.Consumption;
import io.sessionstorage.compose.status.Event;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.TreeMap;

/** Binds the MCP servers that a SessionStorage names, to whichever store it is. */
final class ConsumerBindings {
  private ConsumerBindings() {}

  /** The answer for the store, and what its consumers need. */
  static Composed with(
      Composed store, SessionStorage storage, PlatformDefaults defaults, Observed observed) {
    ConsumerPlan plan = ConsumerPlan.of(storage, defaults, observed);
    Optional<Condition> condition = Consumption.condition(plan, observed, store.ready());
    if (condition.isEmpty()) {
      return store;
    }
    List<Resource> resources = new ArrayList<>(store.resources());
    Bindings.of(plan, observed, store.ready())
        .forEach(
            (key, binding) ->
                resources.add(Resource.of(key, new Manifest(Trees.of(binding)), observed)));
    List<Condition> conditions = new ArrayList<>(store.conditions());
    conditions.add(condition.get());
    List<Event> events = new ArrayList<>(store.events());
    Consumption.event(condition.get(), observed).ifPresent(events::add);
    Map<String, Selector> requirements = new TreeMap<>(store.requirements());
    requirements.putAll(plan.requirements());
    return new Composed(
        List.copyOf(resources),
        store.status(),
        store.ready(),
        List.copyOf(conditions),
        List.copyOf(events),
        store.connectionDetails(),
        requirements,
        store.poll());
  }
}
