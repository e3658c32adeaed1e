package io.sessionstorage.provider.managed;

import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import java.nio.charset.StandardCharsets;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.Base64;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Collectors;

/**
 * The connection Secrets of managed resources: owned by them, in their namespaces. Keys are added
 * and changed, never removed; garbage collection deletes the Secret with its owner.
 */
final class ConnectionSecrets {
  static final String TYPE = "connection.crossplane.io/v1alpha1";

  /** How long nobody looks whether the Secret of a resource that does not change is still there. */
  private static final Duration TRUSTED = Duration.ofMinutes(5);

  private final KubernetesClient client;
  private final InstantSource clock;
  private final Map<String, Read> read = new ConcurrentHashMap<>();

  ConnectionSecrets(KubernetesClient client, InstantSource clock) {
    this.client = client;
    this.clock = clock;
  }

  /** What was read, and for which version of the owner. */
  private record Read(String version, Instant time, ConnectionDetails details) {}

  /** What is published; nothing if there is no Secret, or it is another one's. */
  ConnectionDetails read(ManagedResource<?, ?> owner) {
    String uid = owner.getMetadata().getUid();
    String version = owner.getMetadata().getResourceVersion();
    Instant now = clock.instant();
    Read known = read.get(uid);
    if (known != null
        && known.version().equals(version)
        && known.time().plus(TRUSTED).isAfter(now)) {
      return known.details();
    }
    ConnectionDetails details =
        find(owner)
            .filter(secret -> controller(secret).filter(it -> owns(owner, it)).isPresent())
            .map(ConnectionSecrets::details)
            .orElse(ConnectionDetails.NONE);
    read.put(uid, new Read(version, now, details));
    return details;
  }

  /** What was read counts no more: the owner is gone, or its Secret is written. */
  void forget(String uid) {
    read.remove(uid);
  }

  /**
   * Publishes {@code details} in addition to what is there.
   *
   * @throws ExternalFailure if the Secret belongs to somebody else
   */
  void publish(ManagedResource<?, ?> owner, ConnectionDetails details) {
    if (owner.getSpec().writeConnectionSecretToRef() == null) {
      return;
    }
    forget(owner.getMetadata().getUid());
    Optional<Secret> current = find(owner);
    if (current.isEmpty()) {
      client.resource(secret(owner, details)).create();
      return;
    }
    Secret secret = current.get();
    refuseForeign(owner, secret);
    ConnectionDetails all = details(secret).and(details);
    if (!all.equals(details(secret)) || controller(secret).isEmpty()) {
      // @formatter:off
      client.resource(new SecretBuilder(secret)
          .editMetadata()
            .removeMatchingFromOwnerReferences(it -> owner.getMetadata().getUid().equals(it.getUid()))
            .addToOwnerReferences(reference(owner))
          .endMetadata()
          .withData(encoded(secret.getData(), details))
          .build()).update();
      // @formatter:on
    }
  }

  private Optional<Secret> find(ManagedResource<?, ?> owner) {
    SecretReference reference = owner.getSpec().writeConnectionSecretToRef();
    return reference == null
        ? Optional.empty()
        : Optional.ofNullable(
            client
                .secrets()
                .inNamespace(owner.getMetadata().getNamespace())
                .withName(reference.name())
                .get());
  }

  private static void refuseForeign(ManagedResource<?, ?> owner, Secret secret) {
    Optional<OwnerReference> controller = controller(secret);
    if (controller.isEmpty() && !TYPE.equals(secret.getType())) {
      throw new ExternalFailure(
          "refusing to modify uncontrolled secret of type \"%s\": %s exists already; delete it, or choose another name in spec.writeConnectionSecretToRef"
              .formatted(secret.getType(), secret.getMetadata().getName()));
    }
    if (controller.isPresent() && !owns(owner, controller.get())) {
      throw new ExternalFailure(
          "existing secret is not controlled by UID \"%s\": %s belongs to %s %s; choose another name in spec.writeConnectionSecretToRef"
              .formatted(
                  owner.getMetadata().getUid(),
                  secret.getMetadata().getName(),
                  controller.get().getKind(),
                  controller.get().getName()));
    }
  }

  private static Optional<OwnerReference> controller(Secret secret) {
    return secret.getMetadata().getOwnerReferences().stream()
        .filter(it -> Boolean.TRUE.equals(it.getController()))
        .findFirst();
  }

  private static boolean owns(ManagedResource<?, ?> owner, OwnerReference reference) {
    return owner.getMetadata().getUid().equals(reference.getUid());
  }

  private static Secret secret(ManagedResource<?, ?> owner, ConnectionDetails details) {
    // @formatter:off
    return new SecretBuilder()
        .withNewMetadata()
          .withName(Objects.requireNonNull(owner.getSpec().writeConnectionSecretToRef()).name())
          .withNamespace(owner.getMetadata().getNamespace())
          .withOwnerReferences(reference(owner))
        .endMetadata()
        .withType(TYPE)
        .withData(encoded(Map.of(), details))
        .build();
    // @formatter:on
  }

  private static OwnerReference reference(ManagedResource<?, ?> owner) {
    return new OwnerReferenceBuilder()
        .withApiVersion(owner.getApiVersion())
        .withKind(owner.getKind())
        .withName(owner.getMetadata().getName())
        .withUid(owner.getMetadata().getUid())
        .withController(true)
        .withBlockOwnerDeletion(true)
        .build();
  }

  private static ConnectionDetails details(Secret secret) {
    return new ConnectionDetails(
        Objects.requireNonNullElse(secret.getData(), Map.<String, String>of()).entrySet().stream()
            .collect(
                Collectors.toMap(
                    Map.Entry::getKey,
                    entry ->
                        new String(
                            Base64.getDecoder().decode(entry.getValue()),
                            StandardCharsets.UTF_8))));
  }

  private static Map<String, String> encoded(Map<String, String> data, ConnectionDetails details) {
    Map<String, String> all = new HashMap<>(Objects.requireNonNullElse(data, Map.of()));
    details
        .values()
        .forEach(
            (key, value) ->
                all.put(
                    key,
                    Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8))));
    return all;
  }
}
