package io.sessionstorage.compose.resource;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudget;
import io.fabric8.kubernetes.api.model.policy.v1.PodDisruptionBudgetBuilder;
import io.sessionstorage.compose.plan.Plan;
import java.util.Map;

/**
 * How many pods a drain may take at a time: one. There are none before the store has been seen to
 * work: each pod that becomes ready would change them, and Crossplane counts changes.
 */
public final class Budgets {
  private Budgets() {}

  /** Of the pods of Valkey. */
  public static PodDisruptionBudget store(Plan plan) {
    return budget(Metadata.of(plan, plan.instance().name()), plan.instance().selector());
  }

  /** Of the proxies. */
  public static PodDisruptionBudget proxy(Plan plan) {
    return budget(Metadata.ofProxy(plan), plan.instance().proxySelector());
  }

  private static PodDisruptionBudget budget(ObjectMeta metadata, Map<String, String> selector) {
    // @formatter:off
    return new PodDisruptionBudgetBuilder()
        .withMetadata(metadata)
        .withNewSpec()
          .withMaxUnavailable(new IntOrString(1))
          .withNewSelector()
            .withMatchLabels(selector)
          .endSelector()
        .endSpec()
        .build();
    // @formatter:on
  }
}
