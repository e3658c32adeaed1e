package io.sessionstorage.compose.plan;

import com.fasterxml.jackson.databind.JsonNode;
import io.sessionstorage.api.Destination;
import io.sessionstorage.api.Destination.Pvc;
import io.sessionstorage.api.Instance;
import io.sessionstorage.api.InvalidInput;
import io.sessionstorage.api.Problem;
import io.sessionstorage.api.Restore;
import io.sessionstorage.api.SessionStorage;
import io.sessionstorage.api.Store.Managed;
import io.sessionstorage.compose.plan.Runs.Purpose;
import io.sessionstorage.compose.plan.Runs.Run;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * How a new store's data directory is filled before the first server starts on it.
 *
 * @param repository null: it is not known yet
 * @param source whose backups count; empty: everybody's in the repository
 * @param key of the Job, the composition-resource-name
 * @param state how far it has come
 * @param report what the Job said; of before, when the Job is gone; a missing node: nothing yet
 * @param completed null: not yet
 * @param reason of a failure, or why it waits; empty: nothing is known
 */
public record Restoration(
    @Nullable Repository repository,
    String source,
    String snapshot,
    String key,
    String job,
    State state,
    JsonNode report,
    @Nullable Instant completed,
    String reason,
    String message) {
  /** {@link #reason}: something has to be there before the Job can begin. */
  public static final String WAITING = "Waiting";

  /** The requirement whose result is the SessionStorage whose backups are restored. */
  public static final String SOURCE = "restore-source";

  /** The requirement whose result is the Secret with the repository's password. */
  public static final String PASSWORD = "restore-password";

  /** The requirement whose result is the repository's volume. */
  public static final String VOLUME = "restore-volume";

  /** The requirement whose result is the Secret with the keys of S3. */
  public static final String CREDENTIALS = "restore-credentials";

  private static final int HASH = 8;

  /** How far a restore has come. */
  public enum State {
    /** The store has run before there was a restore: nothing is done. */
    TOO_LATE,
    /** A Job fills the volume, and no server starts. */
    UNDER_WAY,
    /** No server starts until somebody has mended it. */
    FAILED,
    /** The store starts, or has started. */
    DONE
  }

  /** Null: nothing is restored. */
  static @Nullable Restoration of(Managed store, Instance instance, Observed observed)
      throws InvalidInput {
    Restore restore = store.restore();
    if (restore == null) {
      return null;
    }
    String source = source(restore, instance);
    Repository repository = repository(restore, instance, observed);
    String hash = Checksum.of(restore.toString()).substring(0, HASH);
    String job = instance.bounded("-restore-" + hash, Instance.LONGEST_JOB);
    Restoration begun =
        new Restoration(
            repository,
            source,
            restore.snapshot(),
            "restore-" + hash,
            job,
            State.UNDER_WAY,
            observed.composite().path("status").path("restore"),
            Runs.timeOrNull(observed.composite().path("status").path("restore").path("completed")),
            "",
            "");
    if (begun.completed != null) {
      return begun.with(State.DONE, begun.report, begun.completed, "", "");
    }
    Run run =
        Runs.of(Purpose.RESTORE, observed).stream()
            .filter(it -> it.job().equals(job))
            .findFirst()
            .orElse(null);
    boolean runs = observed.get(Keys.STATEFUL_SET).path("spec").path("replicas").asInt() > 0;
    if (runs && (run == null || run.outcome() != Runs.Outcome.SUCCEEDED)) {
      return begun.with(State.TOO_LATE, begun.report, null, "", "");
    }
    if (run == null) {
      return begun.obstructed(missing(restore, repository, observed));
    }
    return switch (run.outcome()) {
      case SUCCEEDED -> begun.with(State.DONE, run.report(), run.end(), "", "");
      case FAILED -> begun.with(State.FAILED, run.report(), null, run.reason(), run.message());
      case RUNNING -> begun.with(State.UNDER_WAY, run.report(), null, run.reason(), run.message());
    };
  }

  /** Whether no server may start yet. */
  public boolean holds() {
    return state == State.UNDER_WAY || state == State.FAILED;
  }

  /** Whether the Job can begin. */
  public boolean possible() {
    return holds() && repository != null && !WAITING.equals(reason);
  }

  private Restoration with(
      State state, JsonNode report, @Nullable Instant completed, String reason, String message) {
    return new Restoration(
        repository, source, snapshot, key, job, state, report, completed, reason, message);
  }

  private Restoration obstructed(List<String> missing) {
    return missing.isEmpty()
        ? this
        : with(State.UNDER_WAY, report, null, WAITING, String.join(" ", missing));
  }

  private static String source(Restore restore, Instance instance) throws InvalidInput {
    return switch (restore.source()) {
      case Restore.Storage storage -> {
        String namespace = storage.namespace();
        if (namespace != null && !namespace.equals(instance.namespace())) {
          throw new InvalidInput(
              List.of(
                  new Problem(
                      "spec.restore.from.storage.namespace",
                      "the Secrets and volumes of namespace %s cannot be used in %s: copy the Secrets, and name the bucket with from.repository; for backups on a volume, restore in their namespace"
                          .formatted(namespace, instance.namespace()))));
        }
        yield instance.namespace() + "/" + storage.name();
      }
      case Restore.Repository ignored -> "";
    };
  }

  private static @Nullable Repository repository(
      Restore restore, Instance instance, Observed observed) {
    return switch (restore.source()) {
      case Restore.Repository repository ->
          Repository.of(
              repository.destination(),
              instance.backup(),
              instance.namespace() + "/" + instance.name(),
              repository.passwordSecret());
      case Restore.Storage storage -> {
        List<JsonNode> found = observed.required().get(SOURCE);
        String claim = new Instance(storage.name(), instance.namespace(), false).backup();
        yield found == null
            ? null
            : Repository.of(
                found.isEmpty() ? new Pvc(null, null) : destination(found.getFirst()),
                claim,
                instance.namespace() + "/" + storage.name(),
                claim);
      }
    };
  }

  /** Of a SessionStorage; one that is gone, or has no backups any more, had them on a volume. */
  private static Destination destination(JsonNode storage) {
    try {
      return SessionStorage.read(storage).store() instanceof Managed managed
              && managed.backup() != null
          ? managed.backup().destination()
          : new Pvc(null, null);
    } catch (InvalidInput e) {
      return new Pvc(null, null);
    }
  }

  private static List<String> missing(
      Restore restore, @Nullable Repository repository, Observed observed) {
    if (repository == null) {
      return List.of();
    }
    List<String> missing = new ArrayList<>();
    BackupPlan.lacking(PASSWORD, repository.passwordSecret(), observed, missing, Vault.PASSWORD);
    if (repository.claim() != null
        && Objects.requireNonNullElse(observed.required().get(VOLUME), List.of(repository))
            .isEmpty()) {
      missing.add(
          "There is no volume %s with backups%s."
              .formatted(
                  repository.claim(),
                  restore.source() instanceof Restore.Storage
                      ? "; for backups on S3 whose SessionStorage is gone, use from.repository"
                      : ""));
    }
    if (repository.s3() != null) {
      BackupPlan.lacking(
          CREDENTIALS,
          repository.s3().credentialsSecret(),
          observed,
          missing,
          "AWS_ACCESS_KEY_ID",
          "AWS_SECRET_ACCESS_KEY");
    }
    return missing;
  }
}
