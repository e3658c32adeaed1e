package io.sessionstorage.compose.resource;

import io.fabric8.kubernetes.api.model.Container;
import io.fabric8.kubernetes.api.model.ContainerBuilder;
import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.LocalObjectReference;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.PodSpecBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpec;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpecBuilder;
import io.sessionstorage.compose.plan.Checksum;
import io.sessionstorage.compose.plan.Plan;
import io.sessionstorage.compose.plan.User;
import io.sessionstorage.compose.rotation.Passwords;
import io.sessionstorage.compose.rotation.Rotation;
import java.math.BigInteger;
import java.util.ArrayList;
import java.util.EnumSet;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;

/** The Jobs that see how far a rotation of the passwords is. */
public final class Jobs {
  private static final Quantity CPU = new Quantity("10m");
  private static final Quantity MEMORY = new Quantity("32Mi");

  /** Of the longest name of a store and what follows it, a Job's name has three characters left. */
  private static final int ID_LENGTH = 3;

  private static final int RADIX = 36;
  private static final long DEADLINE_SECONDS = 600;

  private Jobs() {}

  /**
   * The Job that succeeds when the step is done. A Job cannot change: whatever it is made from is
   * in its name.
   */
  public static Job rotation(Plan plan) {
    JobSpec spec = spec(plan);
    String id =
        new BigInteger(Checksum.of(Trees.text(spec)), 16)
            .mod(BigInteger.valueOf(RADIX).pow(ID_LENGTH))
            .toString(RADIX);
    // @formatter:off
    return new JobBuilder()
        .withNewMetadataLike(Metadata.ofRotation(plan))
          .withName(plan.instance().rotation() + "-" + "0".repeat(ID_LENGTH - id.length()) + id)
          .addToAnnotations(Rotation.MARK, plan.credentials().rotation().mark())
        .endMetadata()
        .withSpec(spec)
        .build();
    // @formatter:on
  }

  private static JobSpec spec(Plan plan) {
    // @formatter:off
    return new JobSpecBuilder()
        // A Job that has failed is made again.
        .withBackoffLimit(6)
        .withActiveDeadlineSeconds(DEADLINE_SECONDS)
        .withNewTemplate()
          .withNewMetadata()
            .withLabels(plan.labels(plan.instance().rotationSelector()))
          .endMetadata()
          .withSpec(pod(plan))
        .endTemplate()
        .build();
    // @formatter:on
  }

  private static PodSpec pod(Plan plan) {
    // @formatter:off
    return new PodSpecBuilder()
        .withRestartPolicy("OnFailure")
        .withServiceAccountName(plan.instance().rotation())
        .withAutomountServiceAccountToken(false)
        .withEnableServiceLinks(false)
        .withTerminationGracePeriodSeconds(1L)
        .withImagePullSecrets(plan.imagePullSecrets().stream().map(LocalObjectReference::new).toList())
        .withDnsConfig(Parts.impatientDns())
        .withSecurityContext(Parts.valkeyUser())
        .withContainers(container(plan))
        .withVolumes(
            Parts.configMap("scripts", plan.instance().scripts()),
            Parts.passwords(plan, files(plan)))
        .addAllToVolumes(Parts.authority(plan))
        .build();
    // @formatter:on
  }

  private static Container container(Plan plan) {
    // @formatter:off
    return new ContainerBuilder()
        .withName("rotation")
        .withImage(plan.image())
        .withCommand("/bin/sh", "/scripts/rotation.sh")
        .withEnv(environment(plan))
        // What it waits for is its last line.
        .withTerminationMessagePolicy("FallbackToLogsOnError")
        .withNewResources()
          .addToRequests("cpu", CPU)
          .addToRequests("memory", MEMORY)
          .addToLimits("memory", MEMORY)
        .endResources()
        .withSecurityContext(Parts.restricted())
        .withVolumeMounts(mounts(plan))
        .build();
    // @formatter:on
  }

  private static List<VolumeMount> mounts(Plan plan) {
    List<VolumeMount> mounts = new ArrayList<>(Parts.tlsMount(plan));
    mounts.add(Parts.readOnly("scripts", "/scripts"));
    mounts.add(Parts.readOnly(Parts.PASSWORDS, "/secrets"));
    return mounts;
  }

  private static List<EnvVar> environment(Plan plan) {
    List<EnvVar> environment = new ArrayList<>();
    environment.add(variable("STEP", plan.credentials().rotation().step().text()));
    environment.add(variable("MARK", plan.credentials().rotation().mark()));
    environment.add(variable("NODES", String.join(" ", plan.hosts())));
    environment.add(
        variable(
            "USERS",
            plan.credentials().hashes().keySet().stream()
                .map(User::text)
                .collect(Collectors.joining(" "))));
    if (plan.proxy() != null) {
      environment.add(variable("SENTINELS", "yes"));
      environment.add(variable("PROXIES", plan.proxies()));
    }
    return environment;
  }

  private static EnvVar variable(String name, String value) {
    return new EnvVar(name, value, null);
  }

  /** The new passwords, by user; in folder old those before; and which step they are of. */
  private static List<KeyToPath> files(Plan plan) {
    List<KeyToPath> files = new ArrayList<>();
    files.add(new KeyToPath(Passwords.MARK, null, Passwords.MARK));
    Set<User> users = EnumSet.copyOf(plan.credentials().hashes().keySet());
    users.add(User.REPLICATION); // Every pod has it, and shows by it which passwords it has.
    for (User user : users) {
      String key = Passwords.latest(plan.credentials().secret(), user.text());
      files.add(new KeyToPath(key, null, user.text()));
      String old = Passwords.previous(user.text());
      if (plan.credentials().secret().containsKey(old)) {
        files.add(new KeyToPath(old, null, "old/" + user.text()));
      }
    }
    return files;
  }
}
