package io.sessionstorage.compose;

import com.fasterxml.jackson.databind.JsonNode;
import io.sessionstorage.api.InvalidInput;
import io.sessionstorage.api.PlatformDefaults;
import io.sessionstorage.api.SessionStorage;
import io.sessionstorage.api.Store.External;
import io.sessionstorage.api.Store.Managed;
import io.sessionstorage.compose.Answer.Poll;
import io.sessionstorage.compose.Answer.Resource;
import io.sessionstorage.compose.plan.Keys;
import io.sessionstorage.compose.plan.Observed;
import io.sessionstorage.compose.plan.Plan;
import io.sessionstorage.compose.plan.RotationState;
import io.sessionstorage.compose.resource.Backups;
import io.sessionstorage.compose.resource.Resources;
import io.sessionstorage.compose.resource.Trees;
import io.sessionstorage.compose.status.Conditions;
import io.sessionstorage.compose.status.Diagnosis;
import io.sessionstorage.compose.status.Events;
import io.sessionstorage.compose.status.Finding;
import io.sessionstorage.compose.status.Phase;
import io.sessionstorage.compose.status.Requirements;
import io.sessionstorage.compose.status.StatusFields;
import io.sessionstorage.compose.tls.Certificates;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;

/**
 * The whole decision, from what is observed to what is desired. Safe for use by several threads.
 */
public final class Composer {
  /** Enough that a reconciliation's two or three calls, and a few stores at a time, find theirs. */
  private static final int REMEMBERED = 64;

  private final RandomGenerator random;
  private final Memo<Plan, Map<String, Manifest>> manifests =
      new Memo<>(REMEMBERED, Composer::manifests);

  /**
   * A composer whose only source of chance is {@code random}.
   *
   * @param random the source of passwords: cryptographically strong outside tests
   */
  public Composer(RandomGenerator random) {
    this.random = random;
  }

  /** Never throws for what a user wrote: that is a {@link Answer.Refused}. */
  public Answer compose(Request request) {
    try {
      SessionStorage storage = SessionStorage.read(request.composite());
      PlatformDefaults defaults = PlatformDefaults.read(request.input());
      Observed observed = new Observed(request.composite(), request.observed(), request.required());
      Answer.Composed store =
          switch (storage.store()) {
            case Managed managed ->
                managed(
                    Plan.of(storage, managed, defaults, observed, random, request.time()),
                    observed,
                    request.time());
            case External external -> ExternalStores.answer(storage, external, defaults, observed);
          };
      return ConsumerBindings.with(store, storage, defaults, observed);
    } catch (InvalidInput e) {
      return new Answer.Refused(e.problems());
    }
  }

  private Answer.Composed managed(Plan plan, Observed observed, Instant now) {
    Finding finding = Diagnosis.of(plan, observed);
    return new Answer.Composed(
        resources(plan, observed, finding),
        StatusFields.of(plan, observed, finding),
        finding.available(),
        Conditions.of(plan, observed, finding),
        Events.of(plan, observed, finding),
        plan.instance().claimed() ? plan.connection() : Map.of(),
        Requirements.of(plan, observed, now),
        poll(plan, observed, finding));
  }

  private static Poll poll(Plan plan, Observed observed, Finding finding) {
    Certificates certificates = plan.certificates();
    if (plan.credentials().fresh()
        || (plan.vault() != null && plan.vault().fresh())
        || (certificates != null && !certificates.changes().isEmpty())) {
      return Poll.NONE;
    }
    boolean settled = finding.phase() == Phase.READY || finding.phase() == Phase.SUSPENDED;
    return settled && !plan.proves() && !isUnresponsive(observed.composite())
        ? Poll.REGULAR
        : Poll.SOON;
  }

  /** Crossplane's circuit breaker is open: of what it watches it takes one change in 30 s. */
  private static boolean isUnresponsive(JsonNode composite) {
    return Observed.says(composite, "Responsive", "False");
  }

  private static Map<String, Manifest> manifests(Plan plan) {
    Map<String, Manifest> manifests = new TreeMap<>();
    Resources.of(plan).forEach((key, object) -> manifests.put(key, new Manifest(Trees.of(object))));
    return manifests;
  }

  /** It is made again when it is gone. */
  private static boolean isRotationThatFailed(String key, Observed observed) {
    return Keys.isOfRotation(key) && RotationState.failed(observed.get(key));
  }

  private List<Resource> resources(Plan plan, Observed observed, Finding finding) {
    Map<String, Manifest> all = new TreeMap<>(manifests.of(plan));
    Backups.jobs(plan, observed, finding.available())
        .forEach((key, job) -> all.put(key, new Manifest(job)));
    return all.entrySet().stream()
        .filter(manifest -> !isRotationThatFailed(manifest.getKey(), observed))
        .map(manifest -> Resource.of(manifest.getKey(), manifest.getValue(), observed))
        .toList();
  }
}
