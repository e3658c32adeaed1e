package io.sessionstorage.compose.resource;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.IntOrString;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Toleration;
import io.fabric8.kubernetes.api.model.TolerationBuilder;
import io.fabric8.kubernetes.api.model.apps.Deployment;
import io.fabric8.kubernetes.api.model.apps.DeploymentBuilder;
import io.sessionstorage.compose.plan.Observation;
import io.sessionstorage.compose.plan.Plan;
import io.sessionstorage.compose.plan.Report;
import io.sessionstorage.compose.plan.User;
import java.util.stream.Stream;

/** The observer, through which the function sees what no Kubernetes object says. */
public final class Observers {
  private static final Quantity CPU = new Quantity("10m");
  private static final Quantity MEMORY = new Quantity("48Mi");

  /** It is of use while a node is lost, and must not be lost with it for the usual five minutes. */
  private static final long PATIENCE_SECONDS = 15;

  private Observers() {}

  /**
   * One pod. It ends when it has news; with them in its template there is another one, which
   * Kubernetes does not keep waiting as it does a container that ends again and again.
   */
  public static Deployment deployment(Plan plan) {
    Report report = plan.observation().now();
    // @formatter:off
    return new DeploymentBuilder()
        .withMetadata(Metadata.ofObserver(plan))
        .withNewSpec()
          .withReplicas(plan.replicas() == 0 ? 0 : 1)
          .withRevisionHistoryLimit(1)
          .withNewStrategy()
            .withType("RollingUpdate")
            .withNewRollingUpdate()
              .withMaxSurge(new IntOrString(0))
              .withMaxUnavailable(new IntOrString(1))
            .endRollingUpdate()
          .endStrategy()
          .withNewSelector()
            .withMatchLabels(plan.instance().observerSelector())
          .endSelector()
          .withNewTemplate()
            .withNewMetadata()
              .withLabels(plan.labels(plan.instance().observerSelector()))
              .addToAnnotations(Observation.REPORT, report == null ? "" : report.text())
            .endMetadata()
            .withSpec(pod(plan))
          .endTemplate()
        .endSpec()
        .build();
    // @formatter:on
  }

  private static PodSpec pod(Plan plan) {
    // @formatter:off
    return new PodSpecBuilder()
        .withServiceAccountName(plan.instance().observer())
        .withAutomountServiceAccountToken(false)
        .withEnableServiceLinks(false)
        .withTerminationGracePeriodSeconds(1L)
        .withImagePullSecrets(plan.imagePullSecrets().stream().map(LocalObjectReference::new).toList())
        .withDnsConfig(Parts.impatientDns())
        .withTolerations(
            Stream.of("not-ready", "unreachable").map(Observers::briefly).toList())
        .withSecurityContext(Parts.valkeyUser())
        .withContainers(container(plan))
        .withVolumes(
            Parts.configMap("scripts", plan.instance().scripts()),
            Parts.passwords(plan, User.PROBE))
        .addAllToVolumes(Parts.tls(plan))
        .build();
    // @formatter:on
  }

  private static Toleration briefly(String taint) {
    // @formatter:off
    return new TolerationBuilder()
        .withKey("node.kubernetes.io/" + taint)
        .withOperator("Exists")
        .withEffect("NoExecute")
        .withTolerationSeconds(PATIENCE_SECONDS)
        .build();
    // @formatter:on
  }

  private static Container container(Plan plan) {
    // @formatter:off
    return new ContainerBuilder()
        .withName("observer")
        .withImage(plan.image())
        .withCommand("/bin/sh", "/scripts/observe.sh")
        .withEnv(Parts.nodes(plan))
        .addToEnv(new EnvVarBuilder()
            .withName("REPORT")
            .withNewValueFrom()
              .withNewFieldRef()
                .withFieldPath("metadata.annotations['" + Observation.REPORT + "']")
              .endFieldRef()
            .endValueFrom()
            .build())
        .withNewResources()
          .addToRequests("cpu", CPU)
          .addToRequests("memory", MEMORY)
          .addToLimits("memory", MEMORY)
        .endResources()
        .withSecurityContext(Parts.restricted())
        .addNewVolumeMount().withName("scripts").withMountPath("/scripts").withReadOnly(true).endVolumeMount()
        .addToVolumeMounts(Parts.readOnly(Parts.PASSWORDS, "/secrets"))
        .addAllToVolumeMounts(Parts.tlsMount(plan))
        .build();
    // @formatter:on
  }
}
