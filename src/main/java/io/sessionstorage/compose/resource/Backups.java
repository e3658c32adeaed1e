package io.sessionstorage.compose.resource;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.sessionstorage.compose.plan.BackupPlan;
import io.sessionstorage.compose.plan.Keys;
import io.sessionstorage.compose.plan.Observed;
import io.sessionstorage.compose.plan.Plan;
import io.sessionstorage.compose.plan.Repository;
import io.sessionstorage.compose.plan.Restoration;
import io.sessionstorage.compose.plan.Vault;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/** Every object of a store's backups, and of its own restore. */
public final class Backups {
  private Backups() {}

  /** Those that the plan alone decides. */
  static Map<String, HasMetadata> of(Plan plan) {
    Map<String, HasMetadata> objects = new TreeMap<>();
    BackupPlan backup = plan.backup();
    Vault vault = plan.vault();
    if (vault != null && !vault.secret().isEmpty()) {
      objects.put(Keys.BACKUP_SECRET, secret(plan, vault));
    }
    if (vault != null && vault.volume() != null) {
      objects.put(Keys.BACKUP_VOLUME, volume(plan, vault, vault.volume()));
    }
    if (backup != null || restores(plan)) {
      objects.put(Keys.BACKUP_ACCOUNT, ServiceAccounts.backup(plan));
      objects.put(Keys.BACKUP_POLICY, BackupPolicies.of(plan));
      objects.put(Keys.BACKUP_SCRIPTS, ConfigMaps.backup(plan));
    }
    if (backup != null) {
      objects.put(Keys.BACKUP_CRON_JOB, BackupJobs.backups(plan, backup));
      if (backup.spec().drill() != null) {
        objects.put(Keys.DRILL_CRON_JOB, BackupJobs.drills(plan, backup, backup.spec().drill()));
      }
    }
    return objects;
  }

  private static boolean restores(Plan plan) {
    return plan.restoration() != null && plan.restoration().holds();
  }

  /**
   * The Jobs beside the schedule. One that exists stays as it is, because a Job cannot be changed.
   *
   * @param available whether the store can be read
   */
  public static Map<String, ObjectNode> jobs(Plan plan, Observed observed, boolean available) {
    Map<String, ObjectNode> jobs = new TreeMap<>();
    BackupPlan backup = plan.backup();
    Vault vault = plan.vault();
    if (backup != null && vault != null) {
      String key = backup.now().key();
      boolean begins = available && backup.now().wanted() && !vault.secret().isEmpty();
      if (begins || observed.has(key)) {
        jobs.put(key, asItIs(BackupJobs.now(plan, backup), observed.get(key)));
      }
    }
    Restoration restoration = plan.restoration();
    if (restoration != null && !recorded(observed)) {
      Repository repository = restoration.repository();
      String key = restoration.key();
      if (repository != null && (restoration.possible() || observed.has(key))) {
        jobs.put(key, asItIs(BackupJobs.restore(plan, restoration, repository), observed.get(key)));
      }
    }
    return jobs;
  }

  /** Until then the Job, which has to tell it, stays. */
  private static boolean recorded(Observed observed) {
    return observed.composite().path("status").path("restore").hasNonNull("completed");
  }

  private static ObjectNode asItIs(HasMetadata job, JsonNode observed) {
    ObjectNode tree = Trees.of(job);
    if (observed.path("spec").isObject()) {
      ObjectNode spec = observed.path("spec").deepCopy();
      spec.remove("selector");
      if (spec.at("/template/metadata/labels") instanceof ObjectNode labels) {
        labels
            .properties()
            .removeIf(
                label ->
                    label.getKey().contains("controller-uid")
                        || label.getKey().endsWith("job-name"));
      }
      tree.set("spec", spec);
    }
    return tree;
  }

  private static Secret secret(Plan plan, Vault vault) {
    return new SecretBuilder(Secrets.of(plan, plan.instance().backup(), vault.secret()))
        .editMetadata()
        .withLabels(plan.labels(plan.instance().backupSelector()))
        .withOwnerReferences(keeper(plan, vault))
        .endMetadata()
        .build();
  }

  private static PersistentVolumeClaim volume(Plan plan, Vault vault, Vault.Claim claim) {
    // @formatter:off
    return new PersistentVolumeClaimBuilder()
        .withMetadata(Metadata.ofBackup(plan, plan.instance().backup()))
        .editMetadata()
          .withOwnerReferences(keeper(plan, vault))
        .endMetadata()
        .withNewSpec()
          .withAccessModes("ReadWriteOnce")
          .withStorageClassName(claim.className())
          .withNewResources()
            .addToRequests("storage", claim.size())
          .endResources()
        .endSpec()
        .build();
    // @formatter:on
  }

  /**
   * A second owner: when the SessionStorage is gone, an object stays as long as another owner is
   * there.
   */
  private static List<OwnerReference> keeper(Plan plan, Vault vault) {
    return vault.keeper() == null
        ? List.of()
        : List.of(
            new OwnerReferenceBuilder()
                .withApiVersion("v1")
                .withKind("Namespace")
                .withName(plan.instance().namespace())
                .withUid(vault.keeper())
                .build());
  }
}
