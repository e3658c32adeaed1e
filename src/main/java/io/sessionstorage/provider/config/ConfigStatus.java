package io.sessionstorage.provider.config;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.sessionstorage.provider.managed.Condition;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** Who uses a ProviderConfig. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ConfigStatus(
    @JsonPropertyDescription("How many managed resources use it.") @Nullable Long users,
    @Nullable List<Condition> conditions) {}
