package io.sessionstorage.provider.managed;

import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import java.util.List;
import org.jspecify.annotations.Nullable;

/**
 * The specification that all managed resources have in common.
 *
 * @param managementPolicies null as the API server's default, all
 * @param providerConfigRef null only for kinds that have none
 * @param writeConnectionSecretToRef null: publish nothing
 */
public record ManagedSpec<P>(
    @Required P forProvider,
    @JsonPropertyDescription(
            "What Crossplane may do to the external resource. Without Delete it stays when this is deleted; an empty list pauses.")
        @Nullable List<ManagementAction> managementPolicies,
    @JsonPropertyDescription("The ProviderConfig that says how to reach the server.")
        @Nullable ProviderConfigReference providerConfigRef,
    @JsonPropertyDescription("The Secret to publish connection details in.")
        @Nullable SecretReference writeConnectionSecretToRef) {}
