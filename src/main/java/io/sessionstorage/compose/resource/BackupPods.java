package io.sessionstorage.compose.resource;

import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.sessionstorage.api.Destination.S3;
import io.sessionstorage.compose.plan.BackupPlan;
import io.sessionstorage.compose.plan.Plan;
import io.sessionstorage.compose.plan.Repository;
import io.sessionstorage.compose.plan.Restoration;
import io.sessionstorage.compose.plan.User;
import io.sessionstorage.compose.plan.Vault;
import io.sessionstorage.compose.tls.Certificates;
import java.util.ArrayList;
import java.util.List;

/**
 * The pods that make, prove and restore backups: a container of Valkey's image and one of restic's,
 * one after the other, with a directory between them.
 */
final class BackupPods {
  /** Of a restore, which somebody waits for. */
  private static final Quantity CPU = new Quantity("100m");

  /** A tenth of a medium store's: on a busy node the store goes first. */
  private static final Quantity SPARE_CPU = new Quantity("25m");

  private static final Quantity READ_REQUEST = new Quantity("32Mi");
  private static final Quantity READ_LIMIT = new Quantity("256Mi");
  private static final Quantity RESTIC_REQUEST = new Quantity("128Mi");
  private static final Quantity RESTIC_LIMIT = new Quantity("512Mi");

  /**
   * Whoever compresses and encrypts on all of them leaves none to a store that has to answer now.
   */
  private static final EnvVar ONE_CORE = new EnvVar("GOMAXPROCS", "1", null);

  private static final String WORK = "work";
  private static final String DATA = "data";

  private static final String LATEST = "latest";

  private BackupPods() {}

  /** Reads the store and stores what it has read. */
  static PodSpec backup(Plan plan, BackupPlan backup) {
    Repository repository = backup.repository();
    // @formatter:off
    return common(plan, repository)
        .withInitContainers(valkey(plan, "dump", "backup-dump", SPARE_CPU, READ_REQUEST, READ_LIMIT)
            .addNewEnv().withName("NODES").withValue(String.join(" ", plan.hosts())).endEnv()
            .addToVolumeMounts(Parts.readOnly(Parts.PASSWORDS, "/secrets"))
            .addAllToVolumeMounts(Parts.tlsMount(plan))
            .build())
        .withContainers(restic(plan, repository, "store", "backup-store", SPARE_CPU)
            .addToEnv(ONE_CORE)
            .addNewEnv().withName("SOURCE").withValue(source(plan)).endEnv()
            .addNewEnv().withName("VERIFY").withValue(backup.spec().verify().text()).endEnv()
            .addNewEnv().withName("KEEP").withValue(backup.keep()).endEnv()
            .build())
        .addToVolumes(Parts.passwords(plan, User.BACKUP))
        .addAllToVolumes(authority(plan))
        .build();
    // @formatter:on
  }

  /** Reads the newest snapshot and starts a Valkey with it that nobody can reach. */
  static PodSpec drill(Plan plan, BackupPlan backup) {
    // @formatter:off
    return common(plan, backup.repository())
        .withInitContainers(restic(plan, backup.repository(), "fetch", "backup-fetch", SPARE_CPU)
            .addToEnv(ONE_CORE)
            .addNewEnv().withName("SOURCE").withValue(source(plan)).endEnv()
            .addNewEnv().withName("SNAPSHOT").withValue(LATEST).endEnv()
            .build())
        // It is to hold what the store holds.
        .withContainers(valkey(plan, "drill", "backup-drill", SPARE_CPU, READ_REQUEST, plan.memory()).build())
        .build();
    // @formatter:on
  }

  /** Reads a snapshot and fills the volume of the first pod with it. */
  static PodSpec restore(Plan plan, Restoration restoration, Repository repository) {
    // @formatter:off
    return common(plan, repository)
        .withInitContainers(intoTheVolume(restic(plan, repository, "fetch", "backup-fetch", CPU)
            .addNewEnv().withName("SOURCE").withValue(restoration.source()).endEnv()
            .addNewEnv().withName("SNAPSHOT").withValue(restoration.snapshot()).endEnv())
            .build())
        .withContainers(intoTheVolume(valkey(plan, "restore", "restore", CPU, READ_REQUEST, READ_LIMIT))
            .addNewEnv().withName("MAXMEMORY").withValue(Long.toString(plan.maxmemory())).endEnv()
            .build())
        .addNewVolume()
          .withName(DATA)
          .withNewPersistentVolumeClaim().withClaimName(plan.instance().dataClaim()).endPersistentVolumeClaim()
        .endVolume()
        .build();
    // @formatter:on
  }

  /** The store's, so that what is fetched need not be copied to it. */
  private static ContainerBuilder intoTheVolume(ContainerBuilder container) {
    // @formatter:off
    return container
        .addNewEnv().withName("INTO").withValue("/data/restoring").endEnv()
        .addNewVolumeMount().withName(DATA).withMountPath("/data").endVolumeMount();
    // @formatter:on
  }

  private static String source(Plan plan) {
    return plan.instance().namespace() + "/" + plan.instance().name();
  }

  private static PodSpecBuilder common(Plan plan, Repository repository) {
    // @formatter:off
    return new PodSpecBuilder()
        .withServiceAccountName(plan.instance().backup())
        .withAutomountServiceAccountToken(false)
        .withEnableServiceLinks(false)
        .withRestartPolicy("Never")
        .withTerminationGracePeriodSeconds(10L)
        .withImagePullSecrets(plan.imagePullSecrets().stream().map(LocalObjectReference::new).toList())
        // What is restored belongs to the store's pods.
        .withSecurityContext(Parts.valkeyUser())
        .withVolumes(
            Parts.configMap("scripts", plan.instance().backup()),
            Parts.secret("repository-password", repository.passwordSecret(), Vault.PASSWORD),
            // The data, and what restic has not sent yet.
            new VolumeBuilder()
                .withName(WORK)
                .withNewEmptyDir().withSizeLimit(new Quantity(plan.maxmemory() + (256 << 20) + "")).endEmptyDir()
                .build(),
            new VolumeBuilder()
                .withName("run")
                .withNewEmptyDir().withMedium("Memory").withSizeLimit(new Quantity("1Mi")).endEmptyDir()
                .build())
        .addAllToVolumes(target(repository));
    // @formatter:on
  }

  private static List<Volume> target(Repository repository) {
    S3 s3 = repository.s3();
    if (s3 == null) {
      // @formatter:off
      return List.of(new VolumeBuilder()
          .withName("repository")
          .withNewPersistentVolumeClaim().withClaimName(repository.claim()).endPersistentVolumeClaim()
          .build());
      // @formatter:on
    }
    List<Volume> volumes = new ArrayList<>();
    volumes.add(
        Parts.secret("s3", s3.credentialsSecret(), "AWS_ACCESS_KEY_ID", "AWS_SECRET_ACCESS_KEY"));
    if (s3.caSecret() != null) {
      volumes.add(Parts.secret("s3-ca", s3.caSecret(), Certificates.CA));
    }
    return volumes;
  }

  private static List<VolumeMount> targetMounts(Repository repository) {
    return target(repository).stream()
        .map(
            volume ->
                new VolumeMountBuilder()
                    .withName(volume.getName())
                    .withMountPath("/" + volume.getName())
                    .withReadOnly(repository.s3() == null ? null : true)
                    .build())
        .toList();
  }

  /** The CA of the store and nothing else of its certificates; empty without TLS. */
  private static List<Volume> authority(Plan plan) {
    return Parts.tls(plan).stream()
        .map(
            tls ->
                new VolumeBuilder(tls)
                    .editSecret()
                    .withItems(new KeyToPath(Certificates.CA, null, Certificates.CA))
                    .endSecret()
                    .build())
        .toList();
  }

  private static ContainerBuilder valkey(
      Plan plan, String name, String script, Quantity cpu, Quantity request, Quantity limit) {
    return container(name, plan.image(), script, cpu, request, limit);
  }

  private static ContainerBuilder restic(
      Plan plan, Repository repository, String name, String script, Quantity cpu) {
    S3 s3 = repository.s3();
    List<EnvVar> region =
        s3 == null || s3.region() == null
            ? List.of()
            : List.of(new EnvVar("AWS_DEFAULT_REGION", s3.region(), null));
    // @formatter:off
    return container(name, plan.restic(), script, cpu, RESTIC_REQUEST, RESTIC_LIMIT)
        .addNewEnv().withName("RESTIC_REPOSITORY").withValue(repository.url()).endEnv()
        .addNewEnv().withName("TMPDIR").withValue("/" + WORK).endEnv()
        // A repository's index is garbage most of the time.
        .addNewEnv().withName("GOMEMLIMIT").withValue("400MiB").endEnv()
        .addAllToEnv(region)
        .addNewVolumeMount().withName("run").withMountPath("/run/backup").endVolumeMount()
        .addNewVolumeMount().withName("repository-password").withMountPath("/repository-password").withReadOnly(true).endVolumeMount()
        .addAllToVolumeMounts(targetMounts(repository));
    // @formatter:on
  }

  private static ContainerBuilder container(
      String name, String image, String script, Quantity cpu, Quantity request, Quantity limit) {
    // @formatter:off
    return new ContainerBuilder()
        .withName(name)
        .withImage(image)
        .withCommand("/bin/sh", "/scripts/" + script + ".sh")
        .withNewResources()
          .addToRequests("cpu", cpu)
          .addToRequests("memory", request)
          .addToLimits("memory", limit)
        .endResources()
        .withSecurityContext(Parts.restricted())
        .addNewVolumeMount().withName(WORK).withMountPath("/" + WORK).endVolumeMount()
        .addNewVolumeMount().withName("scripts").withMountPath("/scripts").withReadOnly(true).endVolumeMount();
    // @formatter:on
  }
}
