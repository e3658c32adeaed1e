package io.sessionstorage.provider.managed;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;

/** A Secret in the managed resource's own namespace. */
public record SecretReference(
    @Required @JsonPropertyDescription("The Secret's name, in the same namespace.") String name) {}
