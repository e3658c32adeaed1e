package io.sessionstorage.compose.plan;

import com.fasterxml.jackson.databind.JsonNode;
import io.sessionstorage.api.Backup;
import io.sessionstorage.api.Backup.Retention;
import io.sessionstorage.api.Destination.S3;
import io.sessionstorage.api.Instance;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.StringJoiner;
import org.jspecify.annotations.Nullable;

/**
 * Every decision about a store's backups.
 *
 * @param now the Job that makes a backup beside the schedule: the first one, or one that was asked
 *     for
 * @param overdue whether the newest backup is older than two intervals of the schedule
 * @param missing what a run would wait for in vain, one sentence each
 */
public record BackupPlan(
    Backup spec,
    Repository repository,
    Now now,
    History history,
    boolean overdue,
    List<String> missing) {
  /** The requirement whose result is the Secret with the keys of S3. */
  public static final String CREDENTIALS = "backup-credentials";

  /** The requirement whose result is the Secret with the CA of S3. */
  public static final String AUTHORITY = "backup-ca";

  private static final int HASH = 8;

  /**
   * A Job beside the schedule.
   *
   * @param key the composition-resource-name, another one for each
   * @param wanted whether there is a reason to begin it
   */
  public record Now(String key, String name, boolean wanted) {}

  static BackupPlan of(
      Backup spec, Instance instance, boolean passwordLost, Observed observed, Instant time) {
    Repository repository =
        Repository.of(
            spec.destination(),
            instance.backup(),
            instance.namespace() + "/" + instance.name(),
            instance.backup());
    History history = History.of(repository.url(), observed);
    String trigger = Objects.requireNonNullElse(spec.trigger(), "");
    String hash = Checksum.of(trigger + "\n" + repository.url()).substring(0, HASH);
    List<String> missing = new ArrayList<>();
    if (passwordLost) {
      missing.add(
          "Secret %s with the repository's password is gone. Put it back: without it the backups cannot be read, and a new password would not open them. If it is lost for good, create the Secret with a key password of your own and set another destination."
              .formatted(instance.backup()));
    }
    if (repository.s3() != null) {
      missing.addAll(missing(repository.s3(), observed));
    }
    return new BackupPlan(
        spec,
        repository,
        new Now(
            "backup-now-" + hash,
            instance.bounded("-backup-" + hash, Instance.LONGEST_JOB),
            missing.isEmpty() && (!trigger.isEmpty() || history.lastSuccessful() == null)),
        history,
        overdue(spec, history, time),
        List.copyOf(missing));
  }

  private static boolean overdue(Backup spec, History history, Instant time) {
    Instant last = history.lastSuccessful();
    if (last == null || spec.suspend()) {
      return false;
    }
    Instant next = spec.schedule().next(last, spec.timeZone());
    Instant second = spec.schedule().next(next, spec.timeZone());
    // The second one has its time to run, too.
    return time.isAfter(second.plus(java.time.Duration.between(next, second)));
  }

  private static List<String> missing(S3 s3, Observed observed) {
    List<String> missing = new ArrayList<>();
    lacking(
        CREDENTIALS,
        s3.credentialsSecret(),
        observed,
        missing,
        "AWS_ACCESS_KEY_ID",
        "AWS_SECRET_ACCESS_KEY");
    if (s3.caSecret() != null) {
      lacking(AUTHORITY, s3.caSecret(), observed, missing, "ca.crt");
    }
    return missing;
  }

  static void lacking(
      String requirement, String secret, Observed observed, List<String> missing, String... keys) {
    List<JsonNode> found = observed.required().get(requirement);
    if (found == null) {
      return; // not asked for yet
    }
    Map<String, String> data = found.isEmpty() ? Map.of() : Observed.data(found.getFirst());
    List<String> absent =
        List.of(keys).stream().filter(key -> data.getOrDefault(key, "").isEmpty()).toList();
    if (found.isEmpty()) {
      missing.add(
          "There is no Secret %s: create it with %s."
              .formatted(secret, String.join(" and ", keys)));
    } else if (!absent.isEmpty()) {
      missing.add("Secret %s has no %s.".formatted(secret, String.join(" and no ", absent)));
    }
  }

  /** Options of {@code restic forget}; empty: nothing is ever removed. */
  public String keep() {
    Retention retention = Objects.requireNonNullElse(spec.retention(), Retention.DEFAULT);
    StringJoiner options = new StringJoiner(" ");
    option(options, "last", retention.last());
    option(options, "hourly", retention.hourly());
    option(options, "daily", retention.daily());
    option(options, "weekly", retention.weekly());
    option(options, "monthly", retention.monthly());
    return options.toString();
  }

  private static void option(StringJoiner options, String name, @Nullable Integer number) {
    if (number != null) {
      options.add("--keep-%s %d".formatted(name, number));
    }
  }
}
