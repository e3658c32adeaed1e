package io.sessionstorage.provider.config;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/** Where a secret value is. */
public sealed interface SecretLocation {
  /** The Secret's name. */
  String name();

  /** The key in it; null: the usual one. */
  @Nullable String key();

  /** The Secret's namespace. */
  String namespaceFor(String configNamespace);

  /** In the namespace of the object that refers to it: nobody reads another namespace's Secrets. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Local(
      @Required @JsonPropertyDescription("The Secret's name, in the same namespace.") String name,
      @JsonPropertyDescription("The key in it.") @Nullable String key)
      implements SecretLocation {
    @Override
    public String namespaceFor(String configNamespace) {
      return configNamespace;
    }
  }

  /** In any namespace. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  record Anywhere(
      @Required @JsonPropertyDescription("The Secret's namespace.") String namespace,
      @Required @JsonPropertyDescription("The Secret's name.") String name,
      @JsonPropertyDescription("The key in it.") @Nullable String key)
      implements SecretLocation {
    @Override
    public String namespaceFor(String configNamespace) {
      return namespace;
    }
  }
}
