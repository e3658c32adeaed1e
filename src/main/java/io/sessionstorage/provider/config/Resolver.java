package io.sessionstorage.provider.config;

import io.fabric8.kubernetes.api.model.Secret;
import io.sessionstorage.provider.managed.ExternalFailure;
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
    EndpointUrl endpoint = EndpointUrl.parse(spec.endpoint());
    return new Server(
        endpoint.host(),
        endpoint.port(),
        endpoint.database(),
        endpoint.tls() ? tls(spec.tls(), namespace) : null,
        credentials(spec.credentials(), namespace));
  }

  private Server.Tls tls(ConfigSpec.@Nullable Tls<? extends SecretLocation> tls, String namespace) {
    if (tls == null) {
      return new Server.Tls(null, null, null);
    }
    SecretLocation ca = tls.caSecretRef();
    SecretLocation client = tls.clientCertificateSecretRef();
    return new Server.Tls(
        ca == null ? null : required(secret(ca, namespace), key(ca, "ca.crt")),
        tls.serverName(),
        client == null ? null : clientCertificate(secret(client, namespace)));
  }

  private static Server.ClientCertificate clientCertificate(Secret secret) {
    return new Server.ClientCertificate(required(secret, "tls.crt"), required(secret, "tls.key"));
  }

  private Server.Credentials credentials(
      ConfigSpec.@Nullable Credentials<? extends SecretLocation> credentials, String namespace) {
    if (credentials == null || credentials.source() == ConfigSpec.Source.NONE) {
      return Server.Credentials.NONE;
    }
    SecretLocation location = Objects.requireNonNull(credentials.secretRef());
    Secret secret = secret(location, namespace);
    String username =
        Optional.ofNullable(credentials.username())
            .or(() -> Secrets.value(secret, "username"))
            .filter(name -> !name.isEmpty())
            .orElse(null);
    return new Server.Credentials(username, required(secret, key(location, "password")));
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
