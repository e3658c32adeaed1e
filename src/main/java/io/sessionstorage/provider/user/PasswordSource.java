package io.sessionstorage.provider.user;

import io.sessionstorage.provider.managed.ExternalFailure;

/** Where a password is that the user's owner has chosen. */
@FunctionalInterface
public interface PasswordSource {
  /**
   * Reads it.
   *
   * @throws ExternalFailure if there is no such Secret, or it lacks the key
   */
  String read(String namespace, String secret, String key);
}
