package io.sessionstorage.compose.resource;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.api.model.apps.StatefulSetBuilder;
import io.sessionstorage.compose.plan.Checksum;
import io.sessionstorage.compose.plan.Plan;
import io.sessionstorage.compose.plan.User;
import java.util.List;
import java.util.Map;

/** The store's pods. */
public final class StatefulSets {
  /** The user and group of the public Valkey images. */
  private static final long VALKEY = 999;

  private static final int READABLE_BY_GROUP = 0440;
  private static final Quantity RELOAD_CPU = new Quantity("10m");
  private static final Quantity RELOAD_MEMORY = new Quantity("32Mi");

  private StatefulSets() {}

  /** One pod of Valkey. */
  public static StatefulSet of(Plan plan) {
    // @formatter:off
    return new StatefulSetBuilder()
        .withMetadata(Metadata.of(plan, plan.instance().name()))
        .withNewSpec()
          .withReplicas(plan.replicas())
          .withServiceName(plan.instance().headlessService())
          // A pod that cannot start is replaced as soon as its template is mended; OrderedReady would wait for it.
          .withPodManagementPolicy("Parallel")
          .withNewSelector()
            .withMatchLabels(plan.instance().selector())
          .endSelector()
          .withNewTemplate()
            .withNewMetadata()
              .withLabels(plan.labels())
              .addToAnnotations("kubectl.kubernetes.io/default-container", "valkey")
              .addToAnnotations("toolhive.stacklok.dev/restart-checksum", Checksum.of(plan.valkeyConf()))
            .endMetadata()
            .withSpec(pod(plan))
          .endTemplate()
          .withVolumeClaimTemplates(claimTemplates(plan))
        .endSpec()
        .build();
    // @formatter:on
  }

  private static PodSpec pod(Plan plan) {
    // @formatter:off
    return new PodSpecBuilder()
        .withServiceAccountName(plan.instance().name())
        .withAutomountServiceAccountToken(false)
        .withEnableServiceLinks(false)
        .withTerminationGracePeriodSeconds(60L)
        .withImagePullSecrets(plan.imagePullSecrets().stream().map(LocalObjectReference::new).toList())
        .withNewSecurityContext()
          .withRunAsNonRoot(true)
          .withRunAsUser(VALKEY)
          .withRunAsGroup(VALKEY)
          .withFsGroup(VALKEY)
          .withFsGroupChangePolicy("OnRootMismatch")
          .withNewSeccompProfile()
            .withType("RuntimeDefault")
          .endSeccompProfile()
        .endSecurityContext()
        .withContainers(valkey(plan), reload(plan))
        .withVolumes(
            configMap("config", plan.instance().configMap()),
            configMap("scripts", plan.instance().scripts()),
            secret("acl", plan.instance().aclSecret()),
            password(plan, User.PROBE),
            password(plan, User.OPERATOR))
        .addAllToVolumes(plan.volume() == null ? List.of(inMemory()) : List.of())
        .build();
    // @formatter:on
  }

  private static Container valkey(Plan plan) {
    // @formatter:off
    return new ContainerBuilder()
        .withName("valkey")
        .withImage(plan.image())
        .withCommand("/bin/sh", "/scripts/start.sh")
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
        .withStartupProbe(probe("live", 1, 5, 600))
        .withLivenessProbe(probe("live", 10, 6, 6))
        // There is no other pod to turn to: a short trouble must cost clients a wait, not a refused connection.
        .withReadinessProbe(probe("ready", 5, 5, 6))
        .withSecurityContext(restricted())
        .addNewVolumeMount().withName("data").withMountPath("/data").endVolumeMount()
        .addNewVolumeMount().withName("config").withMountPath("/config").withReadOnly(true).endVolumeMount()
        .addNewVolumeMount().withName("acl").withMountPath("/acl").withReadOnly(true).endVolumeMount()
        .addNewVolumeMount().withName("scripts").withMountPath("/scripts").withReadOnly(true).endVolumeMount()
        .addNewVolumeMount().withName("probe").withMountPath("/secrets").withReadOnly(true).endVolumeMount()
        .build();
    // @formatter:on
  }

  /** Applies changed users and settings to the running Valkey. */
  private static Container reload(Plan plan) {
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
        .withSecurityContext(restricted())
        .addNewVolumeMount().withName("config").withMountPath("/config").withReadOnly(true).endVolumeMount()
        .addNewVolumeMount().withName("acl").withMountPath("/acl").withReadOnly(true).endVolumeMount()
        .addNewVolumeMount().withName("scripts").withMountPath("/scripts").withReadOnly(true).endVolumeMount()
        .addNewVolumeMount().withName("operator").withMountPath("/secrets").withReadOnly(true).endVolumeMount()
        .build();
    // @formatter:on
  }

  private static Probe probe(String script, int period, int timeout, int failures) {
    // @formatter:off
    return new ProbeBuilder()
        .withNewExec()
          .withCommand("/bin/sh", "/scripts/" + script + ".sh")
        .endExec()
        .withPeriodSeconds(period)
        .withTimeoutSeconds(timeout)
        .withFailureThreshold(failures)
        .build();
    // @formatter:on
  }

  private static SecurityContext restricted() {
    // @formatter:off
    return new SecurityContextBuilder()
        .withAllowPrivilegeEscalation(false)
        .withReadOnlyRootFilesystem(true)
        .withNewCapabilities()
          .withDrop("ALL")
        .endCapabilities()
        .build();
    // @formatter:on
  }

  private static Volume inMemory() {
    return new VolumeBuilder()
        .withName("data")
        .withNewEmptyDir()
        .withSizeLimit(new Quantity("1Gi"))
        .endEmptyDir()
        .build();
  }

  private static Volume configMap(String name, String configMap) {
    return new VolumeBuilder()
        .withName(name)
        .withNewConfigMap()
        .withName(configMap)
        .endConfigMap()
        .build();
  }

  private static Volume secret(String name, String secret) {
    // @formatter:off
    return new VolumeBuilder()
        .withName(name)
        .withNewSecret()
          .withSecretName(secret)
          .withDefaultMode(READABLE_BY_GROUP)
        .endSecret()
        .build();
    // @formatter:on
  }

  private static Volume password(Plan plan, User user) {
    // @formatter:off
    return new VolumeBuilder(secret(user.text(), plan.instance().authSecret()))
        .editSecret()
          .addNewItem()
            .withKey(user.text())
            .withPath(user.text())
          .endItem()
        .endSecret()
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
