package io.sessionstorage.compose.resource;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.PodSpec;
import io.fabric8.kubernetes.api.model.batch.v1.CronJob;
import io.fabric8.kubernetes.api.model.batch.v1.CronJobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.Job;
import io.fabric8.kubernetes.api.model.batch.v1.JobBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpec;
import io.fabric8.kubernetes.api.model.batch.v1.JobSpecBuilder;
import io.fabric8.kubernetes.api.model.batch.v1.PodFailurePolicyRuleBuilder;
import io.sessionstorage.api.Schedule;
import io.sessionstorage.compose.plan.BackupPlan;
import io.sessionstorage.compose.plan.Plan;
import io.sessionstorage.compose.plan.Repository;
import io.sessionstorage.compose.plan.Restoration;
import io.sessionstorage.compose.plan.Runs;
import io.sessionstorage.compose.plan.Runs.Purpose;
import java.util.LinkedHashMap;
import java.util.Map;

/** What makes, proves and restores backups, and when. */
public final class BackupJobs {
  /** Of a run: beyond it something hangs. */
  private static final long DEADLINE_SECONDS = 4 * 3600L;

  /** How late a run may begin. */
  private static final long STARTING_DEADLINE_SECONDS = 900;

  private static final int TRIES_AFTER_THE_FIRST = 2;

  /** Of the scripts: another try would end the same (backup-lib.sh). */
  private static final int REFUSED = 3;

  private BackupJobs() {}

  /** Backups on a schedule. */
  public static CronJob backups(Plan plan, BackupPlan backup) {
    boolean suspended =
        backup.spec().suspend() || plan.replicas() == 0 || !backup.missing().isEmpty();
    return cronJob(
        plan,
        plan.instance().backupCronJob(),
        backup,
        backup.spec().schedule(),
        suspended,
        spec(plan, Purpose.BACKUP, BackupPods.backup(plan, backup)));
  }

  /** Drills on a schedule. They need no store, but a backup. */
  public static CronJob drills(Plan plan, BackupPlan backup, Schedule schedule) {
    boolean suspended =
        backup.spec().suspend()
            || !backup.missing().isEmpty()
            || backup.history().lastSuccessful() == null;
    return cronJob(
        plan,
        plan.instance().drillCronJob(),
        backup,
        schedule,
        suspended,
        spec(plan, Purpose.DRILL, BackupPods.drill(plan, backup)));
  }

  /** A backup beside the schedule. */
  public static Job now(Plan plan, BackupPlan backup) {
    return new JobBuilder()
        .withMetadata(metadata(plan, backup.now().name(), Purpose.BACKUP))
        .withSpec(spec(plan, Purpose.BACKUP, BackupPods.backup(plan, backup)))
        .build();
  }

  /** A restore, into the volume of the first pod. */
  public static Job restore(Plan plan, Restoration restoration, Repository repository) {
    return new JobBuilder()
        .withMetadata(metadata(plan, restoration.job(), Purpose.RESTORE))
        .withSpec(spec(plan, Purpose.RESTORE, BackupPods.restore(plan, restoration, repository)))
        .build();
  }

  private static CronJob cronJob(
      Plan plan,
      String name,
      BackupPlan backup,
      Schedule schedule,
      boolean suspended,
      JobSpec job) {
    // @formatter:off
    return new CronJobBuilder()
        .withMetadata(Metadata.ofBackup(plan, name))
        .withNewSpec()
          .withSchedule(schedule.text())
          .withTimeZone(backup.spec().timeZone().getId())
          .withSuspend(suspended)
          .withConcurrencyPolicy("Forbid")
          .withStartingDeadlineSeconds(STARTING_DEADLINE_SECONDS)
          .withSuccessfulJobsHistoryLimit(2)
          .withFailedJobsHistoryLimit(2)
          .withNewJobTemplate()
            .withNewMetadata()
              .withLabels(job.getTemplate().getMetadata().getLabels())
            .endMetadata()
            .withSpec(job)
          .endJobTemplate()
        .endSpec()
        .build();
    // @formatter:on
  }

  private static JobSpec spec(Plan plan, Purpose purpose, PodSpec pod) {
    // @formatter:off
    return new JobSpecBuilder()
        .withBackoffLimit(TRIES_AFTER_THE_FIRST)
        .withActiveDeadlineSeconds(DEADLINE_SECONDS)
        .withNewPodFailurePolicy()
          .withRules(
              new PodFailurePolicyRuleBuilder()
                  .withAction("FailJob")
                  .withNewOnExitCodes()
                    .withOperator("In")
                    .withValues(REFUSED)
                  .endOnExitCodes()
                  .build(),
              // A drained or lost node is no fault of the run.
              new PodFailurePolicyRuleBuilder()
                  .withAction("Ignore")
                  .addNewOnPodCondition()
                    .withType("DisruptionTarget")
                    .withStatus("True")
                  .endOnPodCondition()
                  .build())
        .endPodFailurePolicy()
        .withNewTemplate()
          .withMetadata(new ObjectMetaBuilder().withLabels(labels(plan, purpose)).build())
          .withSpec(pod)
        .endTemplate()
        .build();
    // @formatter:on
  }

  private static ObjectMeta metadata(Plan plan, String name, Purpose purpose) {
    return new ObjectMetaBuilder(Metadata.ofBackup(plan, name))
        .withLabels(labels(plan, purpose))
        .build();
  }

  private static Map<String, String> labels(Plan plan, Purpose purpose) {
    Map<String, String> labels = new LinkedHashMap<>(plan.labels(plan.instance().backupSelector()));
    labels.put(Runs.LABEL, purpose.text());
    return labels;
  }
}
