package io.sessionstorage.compose.resource;

import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.Service;
import io.fabric8.kubernetes.api.model.ServiceBuilder;
import io.fabric8.kubernetes.api.model.ServicePort;
import io.fabric8.kubernetes.api.model.ServicePortBuilder;
import io.sessionstorage.compose.plan.Plan;
import io.sessionstorage.compose.plan.Proxy;
import java.util.List;

/** The store's Services. */
public final class Services {
  private Services() {}

  /** The stable host and port of the store. */
  public static Service client(Plan plan) {
    // @formatter:off
    return new ServiceBuilder()
        .withMetadata(Metadata.of(plan, plan.instance().name()))
        .withNewSpec()
          .withType("ClusterIP")
          .withSelector(plan.replicated() ? plan.instance().proxySelector() : plan.instance().selector())
          .withPorts(port())
          .withTrafficDistribution(plan.proxy() == null ? null : plan.proxy().trafficDistribution())
        .endSpec()
        .build();
    // @formatter:on
  }

  /** For clients that ask a Sentinel where the primary is. */
  public static Service sentinel(Plan plan) {
    // @formatter:off
    return new ServiceBuilder()
        .withMetadata(Metadata.of(plan, plan.instance().sentinelService()))
        .withNewSpec()
          .withType("ClusterIP")
          .withSelector(plan.instance().selector())
          .withPorts(sentinelPort())
        .endSpec()
        .build();
    // @formatter:on
  }

  /** Gives each pod a name of its own, ready or not. */
  public static Service headless(Plan plan) {
    // @formatter:off
    return new ServiceBuilder()
        .withMetadata(Metadata.of(plan, plan.instance().headlessService()))
        .withNewSpec()
          .withType("ClusterIP")
          .withClusterIP("None")
          .withPublishNotReadyAddresses(true)
          .withSelector(plan.instance().selector())
          .withPorts(plan.replicated() ? List.of(port(), sentinelPort()) : List.of(port()))
        .endSpec()
        .build();
    // @formatter:on
  }

  /** Names the address of each proxy, for a rotation's Jobs. */
  public static Service proxies(Plan plan) {
    // @formatter:off
    return new ServiceBuilder()
        .withMetadata(Metadata.ofRotation(plan))
        .withNewSpec()
          .withType("ClusterIP")
          .withClusterIP("None")
          .withPublishNotReadyAddresses(true)
          .withSelector(plan.instance().proxySelector())
          .addNewPort()
            .withName("password")
            .withPort(Proxy.PASSWORD_PORT)
            .withTargetPort(new IntOrString("password"))
            .withProtocol("TCP")
          .endPort()
        .endSpec()
        .build();
    // @formatter:on
  }

  private static ServicePort sentinelPort() {
    // @formatter:off
    return new ServicePortBuilder()
        .withName("sentinel")
        .withPort(Plan.SENTINEL_PORT)
        .withTargetPort(new IntOrString("sentinel"))
        .withProtocol("TCP")
        .build();
    // @formatter:on
  }

  private static ServicePort port() {
    // @formatter:off
    return new ServicePortBuilder()
        .withName("valkey")
        .withPort(Plan.PORT)
        .withTargetPort(new IntOrString("valkey"))
        .withProtocol("TCP")
        .withAppProtocol("redis")
        .build();
    // @formatter:on
  }
}
