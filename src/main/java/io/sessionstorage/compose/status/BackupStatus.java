package io.sessionstorage.compose.status;

import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sessionstorage.compose.plan.BackupPlan;
import io.sessionstorage.compose.plan.History;
import io.sessionstorage.compose.plan.History.Failure;
import io.sessionstorage.compose.plan.Observed;
import io.sessionstorage.compose.plan.Plan;
import io.sessionstorage.compose.plan.Restoration;
import io.sessionstorage.compose.plan.Vault;
import java.time.Instant;
import java.util.ArrayList;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** How a store's backups and its own restore are. */
final class BackupStatus {
  /** The condition's type. */
  static final String HEALTHY = "BackupHealthy";

  private static final Map<String, String> REMEDIES =
      Map.ofEntries(
          Map.entry(
              "BucketMissing",
              "Create the bucket, or set spec.backup.destination.s3.bucket to one that exists."),
          Map.entry(
              "WrongCredentials",
              "Put keys that may read and write the bucket into the Secret that spec.backup.destination.s3.credentialsSecret names."),
          Map.entry(
              "UntrustedCertificate",
              "Put the CA of the S3 server into a Secret as ca.crt and name it in spec.backup.destination.s3.caSecret."),
          Map.entry(
              "TargetUnreachable",
              "Check spec.backup.destination.s3.endpoint, and that the network lets the pods of the backups out to it."),
          Map.entry(
              "TargetFull",
              "Raise spec.backup.destination.pvc.size or the bucket's quota, or keep fewer backups with spec.backup.retention."),
          Map.entry(
              "WrongPassword",
              "The repository was made with another password: put that one into Secret %1$s, or set another destination."),
          Map.entry(
              "Locked",
              "A run that was killed left the repository locked: that ends by itself after half an hour, or now with restic unlock."),
          Map.entry(
              "TargetNotWritable",
              "The volume of the backups does not let user 999 write: check its StorageClass."),
          Map.entry(
              "RepositoryDamaged",
              "Stored data are damaged: see docs/backup.md, \"A damaged repository\"."),
          Map.entry("StoreUnreachable", "Check the store first: see status.message."),
          Map.entry(
              "OOMKilled", "The data set or the repository is too large for the pod's memory."));

  private BackupStatus() {}

  /** Backups first, then the restore; without either, nothing. */
  static List<Condition> conditions(Plan plan) {
    List<Condition> conditions = new ArrayList<>();
    if (plan.backup() != null && plan.vault() != null) {
      conditions.add(healthy(plan, plan.backup(), plan.vault()));
    }
    restored(plan).ifPresent(conditions::add);
    return conditions;
  }

  /** What is not the same as before; of a restore, its end, because the phase tells the rest. */
  static List<Event> events(Plan plan, Observed observed) {
    Map<String, String> before = new HashMap<>();
    observed
        .composite()
        .path("status")
        .path("conditions")
        .forEach(
            condition ->
                before.put(condition.path("type").asText(), condition.path("reason").asText()));
    return conditions(plan).stream()
        .filter(condition -> !condition.reason().equals(before.get(condition.type())))
        .filter(
            condition ->
                HEALTHY.equals(condition.type())
                    || (plan.restoration() != null && !plan.restoration().holds()))
        .map(
            condition ->
                new Event(
                    condition.status() == Condition.Status.FALSE,
                    name(condition),
                    condition.message()))
        .toList();
  }

  private static String name(Condition condition) {
    return "Restored".equals(condition.reason())
        ? condition.reason()
        : (HEALTHY.equals(condition.type()) ? "Backup" : "Restore") + condition.reason();
  }

  private static Condition healthy(Plan plan, BackupPlan backup, Vault vault) {
    History history = backup.history();
    if (!backup.missing().isEmpty()) {
      return bad(
          vault.lost() ? "PasswordLost" : "SecretMissing", String.join(" ", backup.missing()));
    }
    Failure failure = history.failure();
    if (failure != null) {
      return bad(
          failure.reason(),
          "Backups have failed since %s: %s. %s%s"
              .formatted(
                  failure.since(),
                  sentence(failure.message()),
                  remedy(plan, failure.reason()),
                  newest(history)));
    }
    Failure obstacle = history.obstacle();
    if (obstacle != null) {
      return bad(
          "RunWaiting",
          "A backup that began at %s does not go on (%s): %s."
              .formatted(obstacle.since(), obstacle.reason(), sentence(obstacle.message())));
    }
    if (history.lastSuccessful() == null) {
      return new Condition(
          HEALTHY,
          Condition.Status.UNKNOWN,
          history.running() ? "FirstRunning" : "NeverRun",
          history.running()
              ? "The first backup is being made."
              : "There is no backup yet: the first one is made when the store is ready%s."
                  .formatted(
                      backup.spec().suspend()
                          ? ", and then none, because spec.backup.suspend is true"
                          : ""));
    }
    if (backup.overdue()) {
      return bad(
          "Overdue",
          "The newest backup is of %s, and two more should have been made since: see kubectl describe cronjob -n %s %s."
              .formatted(
                  history.lastSuccessful(),
                  plan.instance().namespace(),
                  plan.instance().backupCronJob()));
    }
    Failure drill = history.drillFailure();
    if (drill != null) {
      return bad(
          "DrillFailed",
          "The newest backup could not be proven at %s (%s): %s. Make another with spec.backup.trigger; if its drill fails too, see docs/backup.md, \"A drill fails\"."
              .formatted(drill.since(), drill.reason(), sentence(drill.message())));
    }
    if (backup.spec().suspend()) {
      return new Condition(
          HEALTHY,
          Condition.Status.UNKNOWN,
          "Suspended",
          "spec.backup.suspend is true: no more backups are made." + newest(history));
    }
    return new Condition(
        HEALTHY,
        true,
        "Current",
        (newest(history)
                + (history.lastVerified() == null
                    ? backup.spec().drill() == null
                        ? " No drill proves it: set spec.backup.drill.schedule."
                        : " No drill has proven one yet."
                    : " A drill proved one at %s.".formatted(history.lastVerified()))
                + (history.warning().isEmpty() ? "" : " But " + sentence(history.warning()) + "."))
            .strip());
  }

  private static Condition bad(String reason, String message) {
    return new Condition(HEALTHY, false, reason, message.strip());
  }

  private static String newest(History history) {
    return history.lastSuccessful() == null
        ? ""
        : " The newest backup is %s of %s, with %d keys."
            .formatted(history.snapshot(), history.lastSuccessful(), history.keys());
  }

  private static String remedy(Plan plan, String reason) {
    return REMEDIES
        .getOrDefault(
            reason,
            "See kubectl logs -n %2$s -l app.kubernetes.io/instance=%3$s,toolhive.stacklok.dev/run=backup --all-containers.")
        .formatted(plan.instance().backup(), plan.instance().namespace(), plan.instance().name());
  }

  private static String sentence(String text) {
    String line = text.strip().replaceAll("\\s+", " ").replaceAll("[.]+$", "");
    return line.isEmpty() ? "no reason was given" : line;
  }

  private static Optional<Condition> restored(Plan plan) {
    Restoration restoration = plan.restoration();
    if (restoration == null) {
      return Optional.empty();
    }
    boolean filled = "Restored".equals(restoration.report().path("reason").asText());
    return Optional.of(
        switch (restoration.state()) {
          case TOO_LATE ->
              restored(
                  false,
                  "NotNew",
                  "The store ran already when spec.restore was set, so nothing was restored and nothing deleted: make a new SessionStorage with it.");
          case UNDER_WAY ->
              new Condition(
                  "Restored", Condition.Status.UNKNOWN, "Restoring", progress(restoration));
          case FAILED -> restored(false, restoration.reason(), failure(plan, restoration));
          case DONE ->
              filled
                  ? restored(
                      true,
                      "Restored",
                      "Snapshot %s with %d keys was restored at %s. Keys whose time has run out since do not come back."
                          .formatted(
                              restoration.report().path("snapshot").asText(),
                              restoration.report().path("keys").asLong(),
                              restoration.completed()))
                  : restored(
                      false,
                      restoration.report().path("reason").asText("NotEmpty"),
                      "Nothing was restored and nothing deleted: %s. Make a new SessionStorage with spec.restore."
                          .formatted(
                              sentence(
                                  restoration
                                      .report()
                                      .path("message")
                                      .asText("the volume held data already"))));
        });
  }

  private static Condition restored(boolean holds, String reason, String message) {
    return new Condition("Restored", holds, reason, message);
  }

  /** What a person reads while the store does not start. */
  static Optional<Finding> finding(Plan plan) {
    Restoration restoration = plan.restoration();
    if (restoration == null || !restoration.holds()) {
      return Optional.empty();
    }
    return Optional.of(
        restoration.state() == Restoration.State.FAILED
            ? new Finding(Phase.FAILED, "RestoreFailed", failure(plan, restoration))
            : new Finding(
                Restoration.WAITING.equals(restoration.reason())
                    ? Phase.PENDING
                    : Phase.PROVISIONING,
                "Restoring",
                progress(restoration)));
  }

  private static String progress(Restoration restoration) {
    return restoration.message().isEmpty()
        ? "Snapshot %s is being restored; the store starts with it."
            .formatted(restoration.snapshot())
        : "The restore of snapshot %s waits: %s."
            .formatted(restoration.snapshot(), sentence(restoration.message()));
  }

  private static String failure(Plan plan, Restoration restoration) {
    return "The restore failed (%s), and the store does not start empty instead: %s. Mend it and change spec.restore, or delete this SessionStorage; the backups are as they were. See kubectl logs -n %s job/%s --all-containers."
        .formatted(
            restoration.reason(),
            sentence(restoration.message()),
            plan.instance().namespace(),
            restoration.job());
  }

  /** {@code status.backup} and {@code status.restore}, where there is something to say. */
  static void fields(Plan plan, ObjectNode status) {
    BackupPlan backup = plan.backup();
    if (backup != null) {
      History history = backup.history();
      ObjectNode fields = status.putObject("backup");
      fields.put("repository", backup.repository().url());
      put(fields, "lastSuccessful", history.lastSuccessful());
      put(fields, "lastVerified", history.lastVerified());
      if (history.lastSuccessful() != null) {
        fields
            .put("snapshot", history.snapshot())
            .put("keys", history.keys())
            .put("size", history.bytes());
      }
      if (!history.warning().isEmpty()) {
        fields.put("warning", history.warning());
      }
      put(fields, "failure", history.failure());
      put(fields, "drillFailure", history.drillFailure());
    }
    Restoration restoration = plan.restoration();
    if (restoration != null && restoration.completed() != null) {
      ObjectNode fields = status.putObject("restore");
      put(fields, "completed", restoration.completed());
      fields.put("reason", restoration.report().path("reason").asText("NotEmpty"));
      for (String field : List.of("snapshot", "keys", "message")) {
        if (restoration.report().has(field)) {
          fields.set(field, restoration.report().get(field));
        }
      }
    }
  }

  private static void put(ObjectNode fields, String name, @Nullable Instant time) {
    if (time != null) {
      fields.put(name, time.toString());
    }
  }

  private static void put(ObjectNode fields, String name, @Nullable Failure failure) {
    if (failure != null) {
      fields
          .putObject(name)
          .put("since", failure.since().toString())
          .put("reason", failure.reason())
          .put("message", failure.message());
    }
  }
}
