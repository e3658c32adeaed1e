package io.sessionstorage.provider.managed;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** The status that all managed resources have in common. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ManagedStatus<O>(
    @JsonPropertyDescription("What was seen of the external resource.") @Nullable O atProvider,
    @Nullable List<Condition> conditions,
    @JsonPropertyDescription("The generation of the specification that the status is about.")
        @Nullable Long observedGeneration,
    @JsonPropertyDescription(
            "The value of annotation crossplane.io/reconcile-requested-at that was handled last.")
        @Nullable String lastHandledReconcileAt) {}
