package io.sessionstorage.provider.binding;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.sessionstorage.provider.managed.Condition;
import io.sessionstorage.provider.managed.ExternalFailure;
import io.sessionstorage.provider.managed.Id;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/** Finds the store of a Binding, and asks whether it lets the Binding's namespace in. */
final class Stores {
  private static final String STORAGE_API = "toolhive.stacklok.dev/v1alpha1";
  private static final String CONNECTION_API = "valkey.m.toolhive.stacklok.dev/v1alpha1";

  private final KubernetesClient client;

  Stores(KubernetesClient client) {
    this.client = client;
  }

  /**
   * The store as it is now.
   *
   * @throws NotAllowed if it does not let the namespace in
   * @throws ExternalFailure if it is missing, or has published nothing yet
   */
  Store find(Id binding, BindingParameters wanted) {
    BindingParameters.StorageReference storage = wanted.storageRef();
    if (storage == null) {
      return connection(binding.namespace(), Objects.requireNonNull(wanted.connectionRef()).name());
    }
    return storage(
        binding.namespace(),
        Objects.requireNonNullElse(storage.namespace(), binding.namespace()),
        storage.name());
  }

  private Store storage(String from, String namespace, String name) {
    String key = "SessionStorage %s of namespace %s".formatted(name, namespace);
    GenericKubernetesResource storage = get(STORAGE_API, "SessionStorage", namespace, name);
    // What is not shared with a namespace does not exist for it.
    if (!from.equals(namespace) && (storage == null || !allows(storage, from))) {
      throw new NotAllowed(
          "%s does not exist, or does not let namespace %s in: add it to spec.network.allowedNamespaces of the SessionStorage"
              .formatted(key, from));
    }
    if (storage == null) {
      throw new ExternalFailure(
          key + " does not exist: create it, or correct spec.forProvider.storageRef");
    }
    return published(
        key,
        namespace,
        Optional.ofNullable(storage.<String>get("status", "connectionSecret"))
            .orElse(name + "-connection"));
  }

  private static boolean allows(GenericKubernetesResource storage, String namespace) {
    List<String> allowed = storage.get("spec", "network", "allowedNamespaces");
    return allowed != null && allowed.contains(namespace);
  }

  private Store connection(String namespace, String name) {
    String key = "Connection %s of namespace %s".formatted(name, namespace);
    GenericKubernetesResource connection = get(CONNECTION_API, "Connection", namespace, name);
    if (connection == null) {
      throw new ExternalFailure(
          key + " does not exist: create it, or correct spec.forProvider.connectionRef");
    }
    String secret = connection.get("spec", "writeConnectionSecretToRef", "name");
    if (secret == null) {
      throw new ExternalFailure(
          key + " publishes no Secret: set its spec.writeConnectionSecretToRef");
    }
    return published(key, namespace, secret);
  }

  private Store published(String key, String namespace, String name) {
    Secret secret = client.secrets().inNamespace(namespace).withName(name).get();
    if (secret == null) {
      throw new ExternalFailure(
          "%s has not published its Secret %s yet".formatted(key, name),
          List.of(Condition.unavailable("waiting for " + key)));
    }
    return Store.of(key, decoded(secret));
  }

  static Map<String, String> decoded(Secret secret) {
    return Objects.requireNonNullElse(secret.getData(), Map.<String, String>of())
        .entrySet()
        .stream()
        .collect(
            Collectors.toMap(
                Map.Entry::getKey,
                entry ->
                    new String(
                        Base64.getDecoder().decode(entry.getValue()), StandardCharsets.UTF_8)));
  }

  private @Nullable GenericKubernetesResource get(
      String apiVersion, String kind, String namespace, String name) {
    return client
        .genericKubernetesResources(apiVersion, kind)
        .inNamespace(namespace)
        .withName(name)
        .get();
  }

  /** The store exists, perhaps, and is not for this namespace. */
  static final class NotAllowed extends RuntimeException {
    private static final long serialVersionUID = 1;

    NotAllowed(String message) {
      super(message);
    }

    String why() {
      return Objects.requireNonNull(getMessage());
    }
  }
}
