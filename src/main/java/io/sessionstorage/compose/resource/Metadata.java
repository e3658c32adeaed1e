package io.sessionstorage.compose.resource;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.sessionstorage.compose.plan.Plan;

/** What every composed object has. */
final class Metadata {
  private Metadata() {}

  static ObjectMeta of(Plan plan, String name) {
    return new ObjectMetaBuilder()
        .withName(name)
        .withNamespace(plan.instance().namespace())
        .withLabels(plan.labels())
        .build();
  }

  /** Of an object of the observer, all of which have the same name. */
  static ObjectMeta ofObserver(Plan plan) {
    return new ObjectMetaBuilder(of(plan, plan.instance().observer()))
        .withLabels(plan.labels(plan.instance().observerSelector()))
        .build();
  }

  /** Of an object of the backups. */
  static ObjectMeta ofBackup(Plan plan, String name) {
    return new ObjectMetaBuilder(of(plan, name))
        .withLabels(plan.labels(plan.instance().backupSelector()))
        .build();
  }

  /** Of an object of the proxies, all of which have the same name. */
  static ObjectMeta ofProxy(Plan plan) {
    return new ObjectMetaBuilder(of(plan, plan.instance().proxy()))
        .withLabels(plan.labels(plan.instance().proxySelector()))
        .build();
  }

  /** Of an object of a rotation, all of which but for Jobs have the same name. */
  static ObjectMeta ofRotation(Plan plan) {
    return new ObjectMetaBuilder(of(plan, plan.instance().rotation()))
        .withLabels(plan.labels(plan.instance().rotationSelector()))
        .build();
  }
}
