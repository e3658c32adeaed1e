package io.sessionstorage.provider.config;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import org.jspecify.annotations.Nullable;

/**
 * Reads Secrets by name, and never all of them. What was read is used again for a few seconds, so
 * that a thousand managed resources of one ProviderConfig ask once.
 */
final class Secrets {
  private static final Duration FRESH = Duration.ofSeconds(5);

  private record Name(String namespace, String name) {}

  private record Read(@Nullable Secret secret, Instant time) {}

  private final KubernetesClient client;
  private final InstantSource clock;
  private final Map<Name, Read> read = new ConcurrentHashMap<>();

  Secrets(KubernetesClient client, InstantSource clock) {
    this.client = client;
    this.clock = clock;
  }

  /** The Secret; empty if there is none. */
  Optional<Secret> find(String namespace, String name) {
    Instant now = clock.instant();
    read.values().removeIf(it -> it.time().plus(FRESH).isBefore(now));
    // Not computed inside the map: one slow answer must not hold up others.
    Name key = new Name(namespace, name);
    Read known = read.get(key);
    if (known == null) {
      known = new Read(client.secrets().inNamespace(namespace).withName(name).get(), now);
      read.put(key, known);
    }
    return Optional.ofNullable(known.secret());
  }

  /** A key's value as text; empty if there is no such key. */
  static Optional<String> value(Secret secret, String key) {
    return Optional.ofNullable(
            Objects.requireNonNullElse(secret.getData(), Map.<String, String>of()).get(key))
        .map(encoded -> new String(Base64.getDecoder().decode(encoded), StandardCharsets.UTF_8));
  }
}
