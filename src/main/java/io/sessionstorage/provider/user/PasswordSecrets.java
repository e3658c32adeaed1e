package io.sessionstorage.provider.user;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.sessionstorage.provider.managed.ExternalFailure;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;

/** Passwords in Secrets, each read when it is needed. */
public final class PasswordSecrets implements PasswordSource {
  private final KubernetesClient client;

  /** Passwords of one cluster. */
  public PasswordSecrets(KubernetesClient client) {
    this.client = client;
  }

  @Override
  public String read(String namespace, String secret, String key) {
    Secret found = client.secrets().inNamespace(namespace).withName(secret).get();
    if (found == null) {
      throw new ExternalFailure(
          "there is no Secret %s in namespace %s: create it, or correct spec.forProvider.passwordSecretRef"
              .formatted(secret, namespace));
    }
    return Optional.ofNullable(
            Objects.requireNonNullElse(found.getData(), Map.<String, String>of()).get(key))
        .map(value -> new String(Base64.getDecoder().decode(value), StandardCharsets.UTF_8))
        .filter(value -> !value.isEmpty())
        .orElseThrow(
            () ->
                new ExternalFailure(
                    "Secret %s of namespace %s has no key %s: add it, or correct spec.forProvider.passwordSecretRef"
                        .formatted(secret, namespace, key)));
  }
}
