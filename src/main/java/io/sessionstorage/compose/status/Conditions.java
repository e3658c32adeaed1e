package io.sessionstorage.compose.status;

import io.sessionstorage.compose.plan.Observed;
import io.sessionstorage.compose.plan.Plan;
import io.sessionstorage.compose.plan.User;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.Collectors;

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
    conditions.add(credentials(plan));
    if (plan.tls() != null) {
      Encryption encryption = Encryption.of(plan, plan.tls(), observed);
      conditions.add(
          new Condition("TLSValid", encryption.valid(), encryption.reason(), encryption.message()));
    }
    conditions.addAll(BackupStatus.conditions(plan));
    return conditions;
  }

  private static Condition credentials(Plan plan) {
    String secret = plan.instance().authSecret();
    List<User> missing = plan.credentials().missing();
    return missing.isEmpty()
        ? new Condition(
            "CredentialsCurrent",
            true,
            "Current",
            "Secret %s has every password.".formatted(secret))
        : new Condition(
            "CredentialsCurrent",
            false,
            "SecretIncomplete",
            "Secret %s has lost the password of %s, which the running store still asks for. Put it back, or delete the Secret to have new passwords made."
                .formatted(
                    secret, missing.stream().map(User::text).collect(Collectors.joining(", "))));
  }
}
