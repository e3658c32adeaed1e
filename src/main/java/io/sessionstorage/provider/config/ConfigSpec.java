package io.sessionstorage.provider.config;

import com.fasterxml.jackson.annotation.JsonEnumDefaultValue;
import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.ValidationRule;
import org.jspecify.annotations.Nullable;

/**
 * How to reach a server.
 *
 * @param <L> where its secrets may be
 * @param tls null: the defaults, if the endpoint is rediss://
 * @param credentials null: no login
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "!has(self.tls) || self.endpoint.startsWith('rediss://')",
    message = "tls needs an endpoint that starts with rediss://")
public record ConfigSpec<L extends SecretLocation>(
    @Required
        @JsonPropertyDescription(
            "Where the server is: redis://HOST:PORT/DATABASE, or rediss://HOST:PORT/DATABASE for TLS. The port is 6379 and the"
                + " database 0 unless said. No user name and no password: these are in credentials.")
        String endpoint,
    @JsonPropertyDescription("How to speak TLS.") @Nullable Tls<L> tls,
    @JsonPropertyDescription("Who to log in as.") @Nullable Credentials<L> credentials) {
  /** How to speak TLS. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Tls<L extends SecretLocation>(
      @JsonPropertyDescription(
              "The authorities that may sign the server's certificate, as PEM; key ca.crt unless said. Without it, the public ones.")
          @Nullable L caSecretRef,
      @JsonPropertyDescription(
              "The name that the server's certificate must have. The host of the endpoint unless said.")
          @Nullable String serverName,
      @JsonPropertyDescription(
              "The client's certificate and key, as PEM, in keys tls.crt and tls.key; key is not used.")
          @Nullable L clientCertificateSecretRef) {}

  /** Who to log in as. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  @ValidationRule(
      value = "self.source != 'Secret' || has(self.secretRef)",
      message = "source Secret needs a secretRef")
  public record Credentials<L extends SecretLocation>(
      @Required @JsonPropertyDescription("None: no login. Secret: the password is in secretRef.")
          Source source,
      @JsonPropertyDescription(
              "The user's name. Without it the Secret's key username, or, if there is none, the default user.")
          @Nullable String username,
      @JsonPropertyDescription("The password; key password unless said.") @Nullable L secretRef) {}

  /** Where credentials are. */
  public enum Source {
    /** No login. */
    @JsonProperty("None")
    @JsonEnumDefaultValue
    NONE,
    /** In a Secret. */
    @JsonProperty("Secret")
    SECRET
  }
}
