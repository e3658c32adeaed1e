package io.sessionstorage.compose.status;

import io.sessionstorage.compose.plan.Observed;
import io.sessionstorage.compose.plan.Plan;
import java.util.ArrayList;
import java.util.List;

/** The conditions of a store, beside Crossplane's own. */
public final class Conditions {
  private Conditions() {}

  /** All of them, always the same ones for one plan. */
  public static List<Condition> of(Plan plan, Observed observed, Finding finding) {
    Persistence persistence = Persistence.of(plan, observed);
    List<Condition> conditions = new ArrayList<>();
    conditions.add(
        new Condition(
            "PrimaryAvailable", finding.available(), finding.reason(), finding.message()));
    conditions.add(
        new Condition(
            "PersistenceHealthy",
            persistence.healthy(),
            persistence.reason(),
            persistence.message()));
    Secrecy secrecy = Secrecy.of(plan, observed);
    conditions.add(
        new Condition(
            "CredentialsCurrent", secrecy.current(), secrecy.reason(), secrecy.message()));
    if (plan.tls() != null) {
      Encryption encryption = Encryption.of(plan, plan.tls(), observed);
      conditions.add(
          new Condition("TLSValid", encryption.valid(), encryption.reason(), encryption.message()));
    }
    conditions.addAll(BackupStatus.conditions(plan));
    return conditions;
  }
}
