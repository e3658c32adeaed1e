package io.sessionstorage.compose.resource;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.EnvVarBuilder;
import io.fabric8.kubernetes.api.model.Lifecycle;
import io.fabric8.kubernetes.api.model.LifecycleBuilder;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.sessionstorage.compose.plan.Checksum;
import io.sessionstorage.compose.plan.Plan;
import io.sessionstorage.compose.plan.SentinelConf;
import io.sessionstorage.compose.plan.User;
import java.util.List;
import java.util.Map;

/** The store's pods. */
public final class StatefulSets {
  private static final Quantity RELOAD_CPU = new Quantity("10m");
  private static final Quantity RELOAD_MEMORY = new Quantity("32Mi");
  private static final Quantity SENTINEL_CPU = new Quantity("100m");
  private static final Quantity SENTINEL_MEMORY = new Quantity("64Mi");

  private static final int SETTLING_SECONDS = 5;

  private StatefulSets() {}

  /** The pods of Valkey. */
  public static StatefulSet of(Plan plan) {
    // @formatter:off
    return new StatefulSetBuilder()
        .withMetadata(Metadata.of(plan, plan.instance().name()))
        .withNewSpec()
          .withReplicas(plan.replicas())
          .withServiceName(plan.instance().headlessService())
          // A pod that cannot start is replaced as soon as its template is mended; OrderedReady would wait for it.
          .withPodManagementPolicy("Parallel")
          // Time for the proxies to find out before the next pod is replaced.
          .withMinReadySeconds(plan.replicated() ? SETTLING_SECONDS : null)
          .withNewSelector()
            .withMatchLabels(plan.instance().selector())
          .endSelector()
          .withNewTemplate()
            .withNewMetadata()
              .withLabels(plan.labels())
              .addToAnnotations("kubectl.kubernetes.io/default-container", "valkey")
              .addToAnnotations("toolhive.stacklok.dev/restart-checksum", restartChecksum(plan))
            .endMetadata()
            .withSpec(pod(plan))
          .endTemplate()
          .withVolumeClaimTemplates(claimTemplates(plan))
        .endSpec()
        .build();
    // @formatter:on
  }

  private static String restartChecksum(Plan plan) {
    return Checksum.of(
        plan.replicated()
            ? plan.valkeyConf() + SentinelConf.of(plan.instance().primaryName(), plan.tls() != null)
            : plan.valkeyConf());
  }

  private static PodSpec pod(Plan plan) {
    return plan.replicated() ? replicated(plan) : common(plan).build();
  }

  private static PodSpec replicated(Plan plan) {
    // @formatter:off
    return common(plan)
        .withTopologySpreadConstraints(Parts.spread(plan.instance().selector()))
        .withDnsConfig(Parts.impatientDns())
        .withContainers(reloadOfNode(plan), sentinel(plan), valkey(plan))
        .addToVolumes(
            new VolumeBuilder()
                .withName("run")
                .withNewEmptyDir().withMedium("Memory").withSizeLimit(new Quantity("1Mi")).endEmptyDir()
                .build())
        .build();
    // @formatter:on
  }

  private static PodSpecBuilder common(Plan plan) {
    // @formatter:off
    return new PodSpecBuilder()
        .withServiceAccountName(plan.instance().name())
        .withAutomountServiceAccountToken(false)
        .withEnableServiceLinks(false)
        .withTerminationGracePeriodSeconds(60L)
        .withImagePullSecrets(plan.imagePullSecrets().stream().map(LocalObjectReference::new).toList())
        .withSecurityContext(Parts.valkeyUser())
        .withContainers(valkey(plan), reload(plan).build())
        .withVolumes(
            Parts.configMap("config", plan.instance().configMap()),
            Parts.configMap("scripts", plan.instance().scripts()),
            Parts.secret("acl", plan.instance().aclSecret()),
            passwords(plan))
        .addAllToVolumes(Parts.tls(plan))
        .addAllToVolumes(plan.volume() == null ? List.of(Parts.inMemory()) : List.of());
    // @formatter:on
  }

  /** In one volume, so that who knows one knows that the others are as new. */
  private static Volume passwords(Plan plan) {
    return plan.replicated()
        ? Parts.passwords(plan, User.REPLICATION, User.SENTINEL, User.OPERATOR, User.PROBE)
        : Parts.passwords(plan, User.REPLICATION, User.OPERATOR, User.PROBE);
  }

  private static Container valkey(Plan plan) {
    ContainerBuilder server = server(plan);
    if (!plan.replicated()) {
      return server.withCommand("/bin/sh", "/scripts/start.sh").build();
    }
    // @formatter:off
    return server
        .withCommand("/bin/sh", "/scripts/start-node.sh")
        .withEnv(podName())
        .addAllToEnv(Parts.nodes(plan))
        .withLifecycle(beforeStop("stop-node"))
        .addNewVolumeMount().withName("run").withMountPath("/run/valkey").endVolumeMount()
        .addToVolumeMounts(names())
        .build();
    // @formatter:on
  }

  private static Lifecycle beforeStop(String script) {
    // @formatter:off
    return new LifecycleBuilder()
        .withNewPreStop()
          .withNewExec()
            .withCommand("/bin/sh", "/scripts/" + script + ".sh")
          .endExec()
        .endPreStop()
        .build();
    // @formatter:on
  }

  /** The names of the store's pods, which {@code names.sh} keeps. */
  private static VolumeMount names() {
    return new VolumeMountBuilder(Parts.readOnly("run", "/etc/hosts")).withSubPath("hosts").build();
  }

  private static Container sentinel(Plan plan) {
    // @formatter:off
    return new ContainerBuilder()
        .withName("sentinel")
        .withImage(plan.image())
        .withCommand("/bin/sh", "/scripts/start-sentinel.sh")
        .withEnv(podName())
        .addAllToEnv(Parts.nodes(plan))
        .addNewPort()
          .withName("sentinel")
          .withContainerPort(Plan.SENTINEL_PORT)
          .withProtocol("TCP")
        .endPort()
        .withNewResources()
          .addToRequests("cpu", SENTINEL_CPU)
          .addToRequests("memory", SENTINEL_MEMORY)
          .addToLimits("memory", SENTINEL_MEMORY)
        .endResources()
        // One that hangs does not wait for its server's end.
        .withLivenessProbe(new ProbeBuilder(Parts.exec("live-sentinel", 15, 5, 6)).withTerminationGracePeriodSeconds(2L).build())
        .withLifecycle(beforeStop("stop-sentinel"))
        .withSecurityContext(Parts.restricted())
        .addNewVolumeMount().withName("data").withMountPath("/data").endVolumeMount()
        .addNewVolumeMount().withName("run").withMountPath("/run/valkey").endVolumeMount()
        .addToVolumeMounts(names())
        .addNewVolumeMount().withName("config").withMountPath("/config").withReadOnly(true).endVolumeMount()
        .addNewVolumeMount().withName("acl").withMountPath("/acl").withReadOnly(true).endVolumeMount()
        .addNewVolumeMount().withName("scripts").withMountPath("/scripts").withReadOnly(true).endVolumeMount()
        .addAllToVolumeMounts(Parts.tlsMount(plan))
        .addToVolumeMounts(Parts.readOnly(Parts.PASSWORDS, "/secrets"))
        .build();
    // @formatter:on
  }

  private static EnvVar podName() {
    // @formatter:off
    return new EnvVarBuilder()
        .withName("POD")
        .withNewValueFrom()
          .withNewFieldRef()
            .withFieldPath("metadata.name")
          .endFieldRef()
        .endValueFrom()
        .build();
    // @formatter:on
  }

  private static ContainerBuilder server(Plan plan) {
    // @formatter:off
    return new ContainerBuilder()
        .withName("valkey")
        .withImage(plan.image())
        .addNewPort()
          .withName("valkey")
          .withContainerPort(Plan.PORT)
          .withProtocol("TCP")
        .endPort()
        .withNewResources()
          .addToRequests("cpu", plan.cpu())
          .addToRequests("memory", plan.memory())
          .addToLimits("memory", plan.memory())
        .endResources()
        // Loading a full data set may take minutes.
        .withStartupProbe(Parts.exec("started", 1, 6, 300))
        .withLivenessProbe(Parts.exec("live", 10, 6, 6))
        // There is no other pod to turn to: a short trouble must cost clients a wait, not a refused connection.
        .withReadinessProbe(Parts.exec("ready", 5, 5, 6))
        .withSecurityContext(Parts.restricted())
        .addNewVolumeMount().withName("data").withMountPath("/data").endVolumeMount()
        .addNewVolumeMount().withName("config").withMountPath("/config").withReadOnly(true).endVolumeMount()
        .addNewVolumeMount().withName("acl").withMountPath("/acl").withReadOnly(true).endVolumeMount()
        .addNewVolumeMount().withName("scripts").withMountPath("/scripts").withReadOnly(true).endVolumeMount()
        .addAllToVolumeMounts(Parts.tlsMount(plan))
        .addToVolumeMounts(Parts.readOnly(Parts.PASSWORDS, "/secrets"));
    // @formatter:on
  }

  /** Applies changed users and settings to the running Valkey. */
  private static ContainerBuilder reload(Plan plan) {
    // @formatter:off
    return new ContainerBuilder()
        .withName("reload")
        .withImage(plan.image())
        .withCommand("/bin/sh", "/scripts/reload.sh")
        .withNewResources()
          .addToRequests("cpu", RELOAD_CPU)
          .addToRequests("memory", RELOAD_MEMORY)
          .addToLimits("memory", RELOAD_MEMORY)
        .endResources()
        .withSecurityContext(Parts.restricted())
        .addNewVolumeMount().withName("config").withMountPath("/config").withReadOnly(true).endVolumeMount()
        .addNewVolumeMount().withName("acl").withMountPath("/acl").withReadOnly(true).endVolumeMount()
        .addNewVolumeMount().withName("scripts").withMountPath("/scripts").withReadOnly(true).endVolumeMount()
        .addAllToVolumeMounts(Parts.tlsMount(plan))
        .addToVolumeMounts(Parts.readOnly(Parts.PASSWORDS, "/secrets"));
    // @formatter:on
  }

  /**
   * The first one: the kubelet starts no other container before its hook has ended, and the names
   * that it keeps have to be there when their file is mounted. A sidecar would cost a second.
   */
  private static Container reloadOfNode(Plan plan) {
    // @formatter:off
    return reload(plan)
        .withEnv(podName())
        .addAllToEnv(Parts.nodes(plan))
        .withNewLifecycle()
          .withNewPostStart()
            .withNewExec()
              .withCommand("/bin/sh", "-c", "until [ -f /run/valkey/hosts ]; do sleep 0.05; done")
            .endExec()
          .endPostStart()
        .endLifecycle()
        .addNewVolumeMount().withName("run").withMountPath("/run/valkey").endVolumeMount()
        .build();
    // @formatter:on
  }

  private static List<PersistentVolumeClaim> claimTemplates(Plan plan) {
    if (plan.volume() == null) {
      return List.of();
    }
    // @formatter:off
    return List.of(new PersistentVolumeClaimBuilder()
        .withNewMetadata()
          .withName("data")
        .endMetadata()
        .withNewSpec()
          .withAccessModes("ReadWriteOnce")
          .withStorageClassName(plan.volume().templateClassName())
          .withNewResources()
            .withRequests(Map.of("storage", plan.volume().templateSize()))
          .endResources()
        .endSpec()
        .build());
    // @formatter:on
  }
}
