package io.sessionstorage.compose.resource;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraintBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.sessionstorage.compose.plan.Plan;
import io.sessionstorage.compose.plan.Proxy;
import java.util.List;

/** The proxies. */
public final class Deployments {
  /** The user and group of the public HAProxy image. */
  private static final long HAPROXY = 99;

  private static final Quantity CPU = new Quantity("50m");
  private static final Quantity MEMORY_REQUEST = new Quantity("64Mi");
  private static final Quantity MEMORY_LIMIT = new Quantity("128Mi");

  private Deployments() {}

  /** HAProxy, replaced one by one and never without one. */
  public static Deployment proxy(Plan plan, Proxy proxy) {
    // @formatter:off
    return new DeploymentBuilder()
        .withMetadata(Metadata.ofProxy(plan))
        .withNewSpec()
          .withReplicas(plan.replicas() == 0 ? 0 : Proxy.REPLICAS)
          .withMinReadySeconds(3)
          .withNewStrategy()
            .withType("RollingUpdate")
            .withNewRollingUpdate()
              .withMaxSurge(new IntOrString(1))
              .withMaxUnavailable(new IntOrString(0))
            .endRollingUpdate()
          .endStrategy()
          .withNewSelector()
            .withMatchLabels(plan.instance().proxySelector())
          .endSelector()
          .withNewTemplate()
            .withNewMetadata()
              .withLabels(plan.labels(plan.instance().proxySelector()))
              .addToAnnotations("toolhive.stacklok.dev/restart-checksum", proxy.checksum())
            .endMetadata()
            .withSpec(pod(plan, proxy))
          .endTemplate()
        .endSpec()
        .build();
    // @formatter:on
  }

  private static PodSpec pod(Plan plan, Proxy proxy) {
    // @formatter:off
    return new PodSpecBuilder()
        .withServiceAccountName(plan.instance().proxy())
        .withAutomountServiceAccountToken(false)
        .withEnableServiceLinks(false)
        .withTerminationGracePeriodSeconds(30L)
        .withImagePullSecrets(plan.imagePullSecrets().stream().map(LocalObjectReference::new).toList())
        .withDnsConfig(Parts.impatientDns())
        .withTopologySpreadConstraints(spread(plan))
        .withNewSecurityContext()
          .withRunAsNonRoot(true)
          .withRunAsUser(HAPROXY)
          .withRunAsGroup(HAPROXY)
          .withFsGroup(HAPROXY)
          .withNewSeccompProfile()
            .withType("RuntimeDefault")
          .endSeccompProfile()
        .endSecurityContext()
        .withContainers(container(proxy))
        .withVolumes(Parts.secret("config", plan.instance().proxy()))
        .build();
    // @formatter:on
  }

  /** Pods of an older template do not count: they are about to go. */
  private static List<TopologySpreadConstraint> spread(Plan plan) {
    return Parts.spread(plan.instance().proxySelector()).stream()
        .map(
            constraint ->
                new TopologySpreadConstraintBuilder(constraint)
                    .withMatchLabelKeys("pod-template-hash")
                    .build())
        .toList();
  }

  private static Container container(Proxy proxy) {
    // @formatter:off
    return new ContainerBuilder()
        .withName("haproxy")
        .withImage(proxy.image())
        .withCommand("haproxy", "-W", "-db", "-f", "/config/haproxy.cfg")
        .addNewPort().withName("valkey").withContainerPort(Plan.PORT).withProtocol("TCP").endPort()
        .addNewPort().withName("password").withContainerPort(Proxy.PASSWORD_PORT).withProtocol("TCP").endPort()
        .addNewPort().withName("health").withContainerPort(Proxy.HEALTH_PORT).withProtocol("TCP").endPort()
        .withNewResources()
          .addToRequests("cpu", CPU)
          .addToRequests("memory", MEMORY_REQUEST)
          .addToLimits("memory", MEMORY_LIMIT)
        .endResources()
        // Time for the Service to send new clients elsewhere.
        .withNewLifecycle()
          .withNewPreStop()
            .withNewExec()
              .withCommand("sleep", "3")
            .endExec()
          .endPreStop()
        .endLifecycle()
        // Not whether there is a primary: without one clients shall wait here, not be refused.
        .withReadinessProbe(alive(2, 2, 2))
        .withLivenessProbe(alive(10, 5, 3))
        .withSecurityContext(Parts.restricted())
        .addNewVolumeMount().withName("config").withMountPath("/config").withReadOnly(true).endVolumeMount()
        .build();
    // @formatter:on
  }

  private static Probe alive(int period, int timeout, int failures) {
    // @formatter:off
    return new ProbeBuilder()
        .withNewHttpGet()
          .withPath("/livez")
          .withPort(new IntOrString("health"))
        .endHttpGet()
        .withPeriodSeconds(period)
        .withTimeoutSeconds(timeout)
        .withFailureThreshold(failures)
        .build();
    // @formatter:on
  }
}
