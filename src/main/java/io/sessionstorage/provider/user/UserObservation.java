package io.sessionstorage.provider.user;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import java.util.List;
import org.jspecify.annotations.Nullable;

/** What was seen of a user. */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record UserObservation(
    @JsonPropertyDescription("Its name in the store.") String name,
    @JsonPropertyDescription("The store's host and port.") String server,
    @JsonPropertyDescription("The keys that it may use.") List<String> keys,
    @JsonPropertyDescription("Its rules for commands, as the store has them.") String commands,
    @JsonPropertyDescription("Where the store keeps its users: ACLFile, ConfigFile or None.")
        @Nullable String persistedIn,
    @JsonPropertyDescription("When its password changed last.") @Nullable String lastRotated,
    @JsonPropertyDescription("When its password changes next.") @Nullable String nextRotation,
    @JsonPropertyDescription("Until when the previous password is valid, if there is one.")
        @Nullable String overlapUntil) {}
