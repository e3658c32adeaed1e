package io.sessionstorage.valkey;

import org.jspecify.annotations.Nullable;

/**
 * A store, and how to get into it.
 *
 * @param tls how to check the server, null: with the system's CAs; without meaning for a plaintext
 *     endpoint
 * @param login null: nobody logs in
 */
public record Server(Endpoint endpoint, @Nullable Tls tls, @Nullable Login login) {}
