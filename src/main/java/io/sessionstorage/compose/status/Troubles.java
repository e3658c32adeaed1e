package io.sessionstorage.compose.status;

import io.sessionstorage.api.Instance;
import io.sessionstorage.compose.plan.Report;
import org.jspecify.annotations.Nullable;

/** What is wrong with a store of several nodes all of whose pods seem well. */
final class Troubles {
  private Troubles() {}

  /** Null: nothing. */
  static @Nullable Finding of(Report report, Instance instance) {
    String primaries = String.join(" and ", report.primaries());
    String logs =
        "kubectl logs -n %s %s -c sentinel".formatted(instance.namespace(), instance.pod());
    if (report.takesWrites() && report.primaries().size() > 1) {
      return new Finding(
          Phase.FAILED,
          "SplitBrain",
          "Pods %s take writes at the same time, and what is written to one of them will be lost. Delete all pods but that of the primary that the Sentinels name: %s"
              .formatted(primaries, logs));
    }
    if (report.takesWrites()) {
      return report.quorum()
          ? null
          : new Finding(
              Phase.DEGRADED,
              true,
              "QuorumLost",
              "Consumers can use the store, but too few Sentinels answer to replace pod %s if it is lost. They come back by themselves; if not, see %s"
                  .formatted(primaries, logs));
    }
    if (!report.quorum()) {
      return new Finding(
          Phase.FAILED,
          "QuorumLost",
          "No node takes writes, and too few Sentinels answer to choose one. Bring the missing pods back: kubectl get pods -n %s -o wide; %s"
              .formatted(instance.namespace(), logs));
    }
    return report.primaries().isEmpty()
        ? new Finding(
            Phase.DEGRADED,
            false,
            "NoPrimary",
            "No node is primary; the Sentinels are choosing one. If this lasts, they say why: "
                + logs)
        : new Finding(
            Phase.DEGRADED,
            false,
            "PrimaryAlone",
            "Pod %s is the primary and takes no writes, because no replica keeps up with it: what only one node has could be lost. If this lasts, the replicas say why: kubectl logs -n %s -l app.kubernetes.io/instance=%s -c valkey"
                .formatted(primaries, instance.namespace(), instance.name()));
  }
}
