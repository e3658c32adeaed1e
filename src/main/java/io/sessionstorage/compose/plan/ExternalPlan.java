package io.sessionstorage.compose.plan;

import io.sessionstorage.api.Instance;
import io.sessionstorage.api.PlatformDefaults;
import io.sessionstorage.api.SessionStorage;
import io.sessionstorage.api.Store.External;
import java.util.Map;

/**
 * What is decided about a store that exists already.
 *
 * @param labels for every object, the platform's own included
 */
public record ExternalPlan(
    Instance instance, External store, Map<String, String> labels, boolean deletionProtection) {
  /** The requirement whose result is the connection Secret, which the provider makes. */
  public static final String SECRET = "connection-secret";

  /** Decides. */
  public static ExternalPlan of(SessionStorage storage, External store, PlatformDefaults defaults) {
    return new ExternalPlan(
        storage.instance(),
        store,
        Plan.labels(storage.instance(), defaults),
        storage.deletionProtection());
  }

  /** What has to be read beside the composed resources. */
  public Map<String, Selector> requirements() {
    return instance.claimed()
        ? Map.of(
            SECRET,
            new Selector(
                "v1", "Secret", instance.namespace(), instance.connectionSecret(), Map.of()))
        : Map.of();
  }
}
