package io.sessionstorage.provider.connection;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Size;
import io.sessionstorage.api.ToolHive;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * What a Connection is checked for. Null means the default.
 *
 * @param keyPrefix of the keys that consumers use
 * @param uses what consumers do with the store
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record ConnectionParameters(
    @JsonPropertyDescription(
            "What the keys of the consumers begin with. The probe writes under it, too.")
        @Default("\"" + ToolHive.KEYS + "\"")
        @Pattern("^[A-Za-z0-9:_.{}/@-]+$")
        @Size(max = 200)
        @Nullable String keyPrefix,
    @JsonPropertyDescription(
            "What consumers do with the store: Sessions (proxies and virtual servers, the default), AuthServer, or both. Each has its commands.")
        @Size(max = 2)
        @Nullable List<Use> uses,
    @JsonPropertyDescription("How it is checked.") @Nullable Checks checks) {

  /** A use that consumers make of a store. */
  public enum Use {
    @JsonProperty("Sessions")
    SESSIONS,
    @JsonProperty("AuthServer")
    AUTH_SERVER
  }

  /** How a store is checked. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Checks(
      @JsonPropertyDescription(
              "Whether one key under keyPrefix may be written, with an expiry of ten seconds. Without it nobody notices a store that refuses writes.")
          @Default("true")
          @Nullable Boolean write) {}

  String prefix() {
    return Objects.requireNonNullElse(keyPrefix, ToolHive.KEYS);
  }

  boolean mayWrite() {
    return checks == null || !Boolean.FALSE.equals(checks.write());
  }

  /** The commands that the uses need, as in an ACL. */
  List<String> commands() {
    List<Use> all = uses == null || uses.isEmpty() ? List.of(Use.SESSIONS) : uses;
    return all.stream()
        .flatMap(
            use ->
                switch (use) {
                  case SESSIONS -> ToolHive.SESSION_COMMANDS.stream();
                  case AUTH_SERVER -> ToolHive.AUTH_SERVER_COMMANDS.stream();
                })
        .distinct()
        .toList();
  }
}
