package io.sessionstorage.api;

import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What a new store's data are filled from.
 *
 * @param snapshot {@code latest}, a snapshot's ID, or {@code before:TIME}
 */
public record Restore(Source source, String snapshot) {
  /** The newest snapshot. */
  public static final String LATEST = "latest";

  private static final Pattern NAME = Pattern.compile("[a-z]([-a-z0-9]*[a-z0-9])?");
  private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
  private static final Pattern SNAPSHOT =
      Pattern.compile(
          "latest|[0-9a-f]{8,64}|before:[0-9]{4}-[0-9]{2}-[0-9]{2}T[0-9]{2}:[0-9]{2}:[0-9]{2}Z");

  /** Where the backups are. */
  public sealed interface Source {}

  /**
   * The backups of a SessionStorage, which may be gone.
   *
   * @param namespace null: that of the new SessionStorage
   */
  public record Storage(String name, @Nullable String namespace) implements Source {}

  /**
   * A repository.
   *
   * @param passwordSecret with {@code password}
   */
  public record Repository(Destination destination, String passwordSecret) implements Source {}

  static @Nullable Restore read(Fields spec) {
    if (!spec.has("restore")) {
      return null;
    }
    Fields restore = spec.object("restore").only(Set.of("from", "snapshot"));
    Source source = source(restore.object("from"));
    String snapshot =
        restore.text(
            "snapshot",
            SNAPSHOT,
            "must be latest, a snapshot's ID, or before:TIME such as before:2026-01-31T12:00:00Z");
    return source == null
        ? null
        : new Restore(source, Objects.requireNonNullElse(snapshot, LATEST));
  }

  private static @Nullable Source source(Fields from) {
    from.only(Set.of("storage", "repository"));
    boolean storage = from.has("storage");
    if (storage == from.has("repository")) {
      from.problem(
          "storage",
          "give exactly one of storage (the backups of a SessionStorage) and repository (a place), not "
              + (storage ? "both" : "none"));
      return null;
    }
    return storage ? storage(from.object("storage")) : repository(from.object("repository"));
  }

  private static @Nullable Source storage(Fields storage) {
    storage.only(Set.of("name", "namespace"));
    String name = storage.text("name", NAME, "is no name of a SessionStorage");
    String namespace = storage.text("namespace", NAMESPACE, "is no namespace");
    if (!storage.has("name")) {
      storage.problem("name", "is missing");
    }
    return name == null ? null : new Storage(name, namespace);
  }

  private static @Nullable Source repository(Fields repository) {
    repository.only(Set.of("destination", "passwordSecret"));
    Destination destination = Destination.read(repository, "destination");
    String secret = repository.text("passwordSecret", Destination.NAME, "is no name of a Secret");
    if (!repository.has("passwordSecret")) {
      repository.problem("passwordSecret", "is missing: a Secret whose key password has it");
    }
    return destination == null || secret == null ? null : new Repository(destination, secret);
  }
}
