package io.sessionstorage.compose.resource;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ServiceAccount;
import io.fabric8.kubernetes.api.model.ServiceAccountBuilder;
import io.sessionstorage.compose.plan.Plan;

/** The identity of the store's pods. */
public final class ServiceAccounts {
  private ServiceAccounts() {}

  /** An account without rights, whose token no pod mounts. */
  public static ServiceAccount store(Plan plan) {
    return of(Metadata.of(plan, plan.instance().name()));
  }

  /** The same for the observer. */
  public static ServiceAccount observer(Plan plan) {
    return new ServiceAccountBuilder()
        .withMetadata(Metadata.ofObserver(plan))
        .withAutomountServiceAccountToken(false)
        .build();
  }

  /** The same for the pods of backups. */
  static ServiceAccount backup(Plan plan) {
    return new ServiceAccountBuilder()
        .withMetadata(Metadata.ofBackup(plan, plan.instance().backup()))
        .withAutomountServiceAccountToken(false)
        .build();
  }

  /** The same for the proxies. */
  public static ServiceAccount proxy(Plan plan) {
    return of(Metadata.ofProxy(plan));
  }

  /** The same for a rotation's Jobs. */
  public static ServiceAccount rotation(Plan plan) {
    return of(Metadata.ofRotation(plan));
  }

  private static ServiceAccount of(ObjectMeta metadata) {
    return new ServiceAccountBuilder()
        .withMetadata(metadata)
        .withAutomountServiceAccountToken(false)
        .build();
  }
}
