package io.sessionstorage.provider.binding;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import org.jspecify.annotations.Nullable;

/** What an MCP server uses. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record BindingObservation(
    @JsonPropertyDescription("The store, as HOST:PORT.") @Nullable String address,
    @JsonPropertyDescription("What the keys of its sessions begin with.")
        @Nullable String keyPrefix,
    @JsonPropertyDescription(
            "The Secret with the store's password and CA. It has another name after each change.")
        @Nullable String secretName,
    @JsonPropertyDescription("Whether its connections are encrypted.") @Nullable Boolean tls) {}
