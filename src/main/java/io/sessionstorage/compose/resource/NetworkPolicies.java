package io.sessionstorage.compose.resource;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeerBuilder;
import io.sessionstorage.compose.plan.Plan;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** Who may talk to the store's pods. */
public final class NetworkPolicies {
  /**
   * ToolHive's proxies. {@code toolhive=true} is no criterion: the MCP servers behind them,
   * untrusted, carry it too.
   */
  private static final LabelSelector PROXIES =
      new LabelSelectorBuilder()
          .addNewMatchExpression()
          .withKey("app.kubernetes.io/name")
          .withOperator("In")
          .withValues("mcpserver", "mcpremoteproxy", "virtualmcpserver")
          .endMatchExpression()
          .build();

  private NetworkPolicies() {}

  /** Consumers in, nothing out: one node has nobody to call, not even DNS. */
  public static NetworkPolicy store(Plan plan) {
    // @formatter:off
    return new NetworkPolicyBuilder()
        .withMetadata(Metadata.of(plan, plan.instance().name()))
        .withNewSpec()
          .withNewPodSelector()
            .withMatchLabels(plan.instance().selector())
          .endPodSelector()
          .withPolicyTypes("Ingress", "Egress")
          .addNewIngress()
            .withFrom(consumers(plan))
            .addNewPort()
              .withProtocol("TCP")
              .withPort(new IntOrString(Plan.PORT))
            .endPort()
          .endIngress()
        .endSpec()
        .build();
    // @formatter:on
  }

  private static List<NetworkPolicyPeer> consumers(Plan plan) {
    List<LabelSelector> pods =
        Stream.concat(
                Stream.of(PROXIES),
                plan.network().allowedPods().stream()
                    .map(labels -> new LabelSelectorBuilder().withMatchLabels(labels).build()))
            .toList();
    List<NetworkPolicyPeer> peers = new ArrayList<>();
    for (LabelSelector pod : pods) {
      peers.add(new NetworkPolicyPeerBuilder().withPodSelector(pod).build());
    }
    for (String namespace : plan.network().allowedNamespaces()) {
      LabelSelector byName =
          new LabelSelectorBuilder()
              .withMatchLabels(Map.of("kubernetes.io/metadata.name", namespace))
              .build();
      for (LabelSelector pod : pods) {
        peers.add(
            new NetworkPolicyPeerBuilder()
                .withNamespaceSelector(byName)
                .withPodSelector(pod)
                .build());
      }
    }
    return peers;
  }
}
