package io.sessionstorage.provider.managed;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;

/** Which ProviderConfig a managed resource uses. */
public record ProviderConfigReference(
    @Required
        @JsonPropertyDescription("ProviderConfig, in the same namespace, or ClusterProviderConfig.")
        String kind,
    @Required @JsonPropertyDescription("Its name.") String name) {}
