package io.sessionstorage.compose.resource;

import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRuleBuilder;
import io.sessionstorage.compose.plan.Plan;
import io.sessionstorage.compose.plan.Repository;
import io.sessionstorage.compose.plan.Repository.Target;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Stream;

/** Whom the pods of backups may talk to: the store, names, the place of the backups. */
final class BackupPolicies {
  private BackupPolicies() {}

  static NetworkPolicy of(Plan plan) {
    // @formatter:off
    return new NetworkPolicyBuilder()
        .withMetadata(Metadata.ofBackup(plan, plan.instance().backup()))
        .withSpec(NetworkPolicies.closed(plan.instance().backupSelector())
          .addNewEgress()
            .withTo(NetworkPolicies.pods(plan.instance().selector()))
            .withPorts(NetworkPolicies.tcp(Plan.PORT))
          .endEgress()
          .addToEgress(NetworkPolicies.dns())
          .addAllToEgress(targets(plan))
          .build())
        .build();
    // @formatter:on
  }

  private static List<NetworkPolicyEgressRule> targets(Plan plan) {
    return Stream.of(
            plan.backup() == null ? null : plan.backup().repository(),
            plan.restoration() == null || !plan.restoration().holds()
                ? null
                : plan.restoration().repository())
        .filter(Objects::nonNull)
        .map(Repository::target)
        .filter(Objects::nonNull)
        .distinct()
        .map(BackupPolicies::rule)
        .toList();
  }

  private static NetworkPolicyEgressRule rule(Target target) {
    NetworkPolicyEgressRuleBuilder rule = new NetworkPolicyEgressRuleBuilder();
    if (target.port() != null) {
      rule.withPorts(NetworkPolicies.tcp(target.port()));
    }
    if (target.namespace() != null) {
      rule.addNewTo()
          .withNewNamespaceSelector()
          .withMatchLabels(Map.of("kubernetes.io/metadata.name", target.namespace()))
          .endNamespaceSelector()
          .endTo();
    }
    if (target.address() != null) {
      rule.addNewTo().withNewIpBlock().withCidr(target.address() + "/32").endIpBlock().endTo();
    }
    return rule.build();
  }
}
