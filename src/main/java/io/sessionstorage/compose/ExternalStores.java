package io.sessionstorage.compose;

import io.sessionstorage.api.InvalidInput;
import io.sessionstorage.api.PlatformDefaults;
import io.sessionstorage.api.SessionStorage;
import io.sessionstorage.api.Store.External;
import io.sessionstorage.compose.Answer.Poll;
import io.sessionstorage.compose.Answer.Resource;
import io.sessionstorage.compose.plan.ExternalPlan;
import io.sessionstorage.compose.plan.Observed;
import io.sessionstorage.compose.resource.Connections;
import io.sessionstorage.compose.resource.Trees;
import io.sessionstorage.compose.status.Events;
import io.sessionstorage.compose.status.ExternalStatus;
import io.sessionstorage.compose.status.Finding;
import io.sessionstorage.compose.status.Phase;
import java.util.List;
import java.util.Map;

/** The decision for a store that exists already: nothing runs, and the provider checks it. */
final class ExternalStores {
  private ExternalStores() {}

  static Answer.Composed answer(
      SessionStorage storage, External store, PlatformDefaults defaults, Observed observed)
      throws InvalidInput {
    if (!defaults.refusals(storage).isEmpty()) {
      throw new InvalidInput(defaults.refusals(storage));
    }
    ExternalPlan plan = ExternalPlan.of(storage, store, defaults);
    Finding finding = ExternalStatus.finding(plan, observed);
    List<Resource> resources =
        Connections.of(plan).entrySet().stream()
            .map(
                object ->
                    Resource.of(
                        object.getKey(), new Manifest(Trees.of(object.getValue())), observed))
            .toList();
    return new Answer.Composed(
        resources,
        ExternalStatus.fields(plan, observed, finding),
        finding.available(),
        ExternalStatus.conditions(plan, observed, finding),
        Events.ofPhase(observed, finding).stream().toList(),
        plan.instance().claimed() ? observed.requiredSecret(ExternalPlan.SECRET) : Map.of(),
        plan.requirements(),
        finding.phase() == Phase.READY ? Poll.REGULAR : Poll.SOON);
  }
}
