package io.sessionstorage.compose.resource;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LabelSelector;
import io.fabric8.kubernetes.api.model.LabelSelectorBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicy;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyEgressRuleBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRule;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyIngressRuleBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeer;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPeerBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPort;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicyPortBuilder;
import io.fabric8.kubernetes.api.model.networking.v1.NetworkPolicySpecBuilder;
import io.sessionstorage.compose.plan.Plan;
import io.sessionstorage.compose.plan.Proxy;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.stream.IntStream;
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

  private static final int DNS = 53;

  private NetworkPolicies() {}

  /** The pods of Valkey. */
  public static NetworkPolicy store(Plan plan) {
    return plan.replicated() ? replicated(plan) : single(plan);
  }

  /**
   * Consumers in, because they may ask Sentinel and then connect to the primary; the proxies and
   * the observer in; the other nodes in and out; names out.
   */
  private static NetworkPolicy replicated(Plan plan) {
    // @formatter:off
    return new NetworkPolicyBuilder()
        .withMetadata(Metadata.of(plan, plan.instance().name()))
        .withSpec(closed(plan.instance().selector())
          .addNewIngress()
            .withFrom(consumers(plan))
            .addToFrom(pods(plan.instance().selector()), pods(plan.instance().observerSelector()))
            .withPorts(tcp(Plan.PORT), tcp(Plan.SENTINEL_PORT))
          .endIngress()
          .addNewIngress()
            .withFrom(pods(plan.instance().proxySelector()))
            .withPorts(tcp(Plan.PORT))
          .endIngress()
          .addAllToIngress(backups(plan))
          .addAllToIngress(rotationIn(plan, Plan.PORT, Plan.SENTINEL_PORT))
          .addNewEgress()
            .withTo(pods(plan.instance().selector()))
            .withPorts(tcp(Plan.PORT), tcp(Plan.SENTINEL_PORT))
          .endEgress()
          .addToEgress(dns())
          .build())
        .build();
    // @formatter:on
  }

  /** The proxies: consumers in; the pods of Valkey and names out. */
  public static NetworkPolicy proxy(Plan plan) {
    // @formatter:off
    return new NetworkPolicyBuilder()
        .withMetadata(Metadata.ofProxy(plan))
        .withSpec(closed(plan.instance().proxySelector())
          .addNewIngress()
            .withFrom(consumers(plan))
            .withPorts(tcp(Plan.PORT))
          .endIngress()
          .addAllToIngress(rotationIn(plan, Proxy.PASSWORD_PORT))
          .addNewEgress()
            .withTo(pods(plan.instance().selector()))
            .withPorts(tcp(Plan.PORT))
          .endEgress()
          .addToEgress(dns())
          .build())
        .build();
    // @formatter:on
  }

  /** The observer: nobody in; the pods of Valkey and names out. */
  public static NetworkPolicy observer(Plan plan) {
    // @formatter:off
    return new NetworkPolicyBuilder()
        .withMetadata(Metadata.ofObserver(plan))
        .withSpec(closed(plan.instance().observerSelector())
          .addNewEgress()
            .withTo(pods(plan.instance().selector()))
            .withPorts(tcp(Plan.PORT), tcp(Plan.SENTINEL_PORT))
          .endEgress()
          .addToEgress(dns())
          .build())
        .build();
    // @formatter:on
  }

  /** A rotation's Jobs: nobody in; whatever has a password and names out. */
  public static NetworkPolicy rotation(Plan plan) {
    // @formatter:off
    return new NetworkPolicyBuilder()
        .withMetadata(Metadata.ofRotation(plan))
        .withSpec(closed(plan.instance().rotationSelector())
          .addNewEgress()
            .withTo(pods(plan.instance().selector()))
            .withPorts(plan.replicated() ? List.of(tcp(Plan.PORT), tcp(Plan.SENTINEL_PORT)) : List.of(tcp(Plan.PORT)))
          .endEgress()
          .addAllToEgress(plan.proxy() == null ? List.of() : List.of(
              new NetworkPolicyEgressRuleBuilder()
                  .withTo(pods(plan.instance().proxySelector()))
                  .withPorts(tcp(Proxy.PASSWORD_PORT))
                  .build()))
          .addToEgress(dns())
          .build())
        .build();
    // @formatter:on
  }

  /** Nothing in and nothing out, but for what is added. */
  static NetworkPolicySpecBuilder closed(Map<String, String> pods) {
    return new NetworkPolicySpecBuilder()
        .withNewPodSelector()
        .withMatchLabels(pods)
        .endPodSelector()
        .withPolicyTypes("Ingress", "Egress");
  }

  /** While there are any. */
  private static List<NetworkPolicyIngressRule> rotationIn(Plan plan, int... ports) {
    return plan.proves()
        ? List.of(
            new NetworkPolicyIngressRuleBuilder()
                .withFrom(pods(plan.instance().rotationSelector()))
                .withPorts(IntStream.of(ports).mapToObj(NetworkPolicies::tcp).toList())
                .build())
        : List.of();
  }

  /** Wherever it is: in the cluster, or on the node. */
  static NetworkPolicyEgressRule dns() {
    return new NetworkPolicyEgressRuleBuilder()
        .withPorts(port("UDP", DNS), port("TCP", DNS))
        .build();
  }

  static NetworkPolicyPeer pods(Map<String, String> labels) {
    return new NetworkPolicyPeerBuilder()
        .withNewPodSelector()
        .withMatchLabels(labels)
        .endPodSelector()
        .build();
  }

  static NetworkPolicyPort tcp(int port) {
    return port("TCP", port);
  }

  private static NetworkPolicyPort port(String protocol, int port) {
    return new NetworkPolicyPortBuilder()
        .withProtocol(protocol)
        .withPort(new IntOrString(port))
        .build();
  }

  /** Consumers in, nothing out: one node has nobody to call, not even DNS. */
  private static NetworkPolicy single(Plan plan) {
    // @formatter:off
    return new NetworkPolicyBuilder()
        .withMetadata(Metadata.of(plan, plan.instance().name()))
        .withSpec(closed(plan.instance().selector())
          .addNewIngress()
            .withFrom(consumers(plan))
            .withPorts(tcp(Plan.PORT))
          .endIngress()
          .addAllToIngress(backups(plan))
          .addAllToIngress(rotationIn(plan, Plan.PORT))
          .build())
        .build();
    // @formatter:on
  }

  private static List<NetworkPolicyIngressRule> backups(Plan plan) {
    return plan.backup() == null
        ? List.of()
        : List.of(
            new NetworkPolicyIngressRuleBuilder()
                .withFrom(pods(plan.instance().backupSelector()))
                .withPorts(tcp(Plan.PORT))
                .build());
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
