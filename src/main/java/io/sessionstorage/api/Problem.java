package io.sessionstorage.api;

/**
 * Something that a user must change.
 *
 * @param path the field, from the object's root, for example {@code spec.storage.size}; empty: the
 *     whole object
 * @param message what is wrong and what to do, one sentence, no line break
 */
public record Problem(String path, String message) {
  @Override
  public String toString() {
    return path.isEmpty() ? message : path + ": " + message;
  }
}
