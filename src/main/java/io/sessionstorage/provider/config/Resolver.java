package io.sessionstorage.provider.config;

import io.fabric8.kubernetes.api.model.Secret;
import io.sessionstorage.provider.managed.ExternalFailure;
import io.sessionstorage.valkey.Endpoint;
import io.sessionstorage.valkey.Login;
import io.sessionstorage.valkey.Server;
import io.sessionstorage.valkey.Tls;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Makes a {@link Server} of a ProviderConfig and the Secrets that it refers to. */
final class Resolver {
  private final Secrets secrets;

  Resolver(Secrets secrets) {
    this.secrets = secrets;
  }

  /**
   * Reads the Secrets.
   *
   * @throws ExternalFailure if one, or a key of one, is missing
   */
  Server resolve(AnyConfig<?> config) {
    ConfigSpec<? extends SecretLocation> spec = config.getSpec();
    String namespace = Objects.requireNonNullElse(config.getMetadata().getNamespace(), "");
    Endpoint endpoint = endpoint(spec.endpoint());
    return new Server(
        endpoint,
        endpoint.tls() ? tls(spec.tls(), namespace) : null,
        login(spec.credentials(), namespace));
  }

  private static Endpoint endpoint(String url) {
    try {
      return Endpoint.of(url);
    } catch (IllegalArgumentException e) {
      throw new ExternalFailure("spec.endpoint of the ProviderConfig: " + e.getMessage());
    }
  }

  private Tls tls(ConfigSpec.@Nullable Tls<? extends SecretLocation> tls, String namespace) {
    if (tls == null) {
      return Tls.DEFAULTS;
    }
    SecretLocation ca = tls.caSecretRef();
    SecretLocation own = tls.clientCertificateSecretRef();
    Secret client = own == null ? null : secret(own, namespace);
    return new Tls(
        ca == null ? null : required(secret(ca, namespace), key(ca, "ca.crt")),
        tls.serverName(),
        client == null ? null : required(client, "tls.crt"),
        client == null ? null : required(client, "tls.key"));
  }

  private @Nullable Login login(
      ConfigSpec.@Nullable Credentials<? extends SecretLocation> credentials, String namespace) {
    if (credentials == null || credentials.source() == ConfigSpec.Source.NONE) {
      return null;
    }
    SecretLocation location = Objects.requireNonNull(credentials.secretRef());
    Secret secret = secret(location, namespace);
    String username =
        Optional.ofNullable(credentials.username())
            .or(() -> Secrets.value(secret, "username"))
            .filter(name -> !name.isEmpty())
            .orElse(null);
    return new Login(username, required(secret, key(location, "password")));
  }

  private Secret secret(SecretLocation location, String configNamespace) {
    String namespace = location.namespaceFor(configNamespace);
    return secrets
        .find(namespace, location.name())
        .orElseThrow(
            () ->
                new ExternalFailure(
                    "cannot get Secret %s of namespace %s, which the ProviderConfig refers to: create it, or correct the reference"
                        .formatted(location.name(), namespace)));
  }

  private static String required(Secret secret, String key) {
    return Secrets.value(secret, key)
        .filter(value -> !value.isEmpty())
        .orElseThrow(
            () ->
                new ExternalFailure(
                    "Secret %s of namespace %s has no key %s: add it, or name another key in the ProviderConfig"
                        .formatted(
                            secret.getMetadata().getName(),
                            secret.getMetadata().getNamespace(),
                            key)));
  }

  private static String key(SecretLocation location, String usual) {
    return Objects.requireNonNullElse(location.key(), usual);
  }
}
