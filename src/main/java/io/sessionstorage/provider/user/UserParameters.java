package io.sessionstorage.provider.user;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonProperty;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Default;
import io.fabric8.generator.annotation.Pattern;
import io.fabric8.generator.annotation.Required;
import io.fabric8.generator.annotation.Size;
import io.fabric8.generator.annotation.ValidationRule;
import io.sessionstorage.api.ToolHive;
import io.sessionstorage.valkey.AclRules;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The user that is wanted.
 *
 * @param preset null: {@code commands} are given
 * @param passwordSecretRef null: a password is made
 * @param rotation null: the password changes only if somebody changes it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
@ValidationRule(
    value = "has(self.preset) != has(self.commands)",
    message = "give exactly one of preset and commands")
public record UserParameters(
    @Required
        @JsonPropertyDescription(
            "The user may use the keys that begin with one of these, and no others. All of ToolHive's begin with thv:.")
        @Size(min = 1, max = 50)
        List<@Pattern("^[A-Za-z0-9:_.{}/@-]+$") String> keyPrefixes,
    @JsonPropertyDescription(
            "The commands that ToolHive calls: toolhive-session (proxies and virtual servers) or toolhive-authserver.")
        @Nullable Preset preset,
    @JsonPropertyDescription(
            "Rules for commands instead of a preset, in their order, from nothing: +get, +@read, -flushall, +client|setinfo.")
        @Size(min = 1, max = 300)
        @Nullable List<@Pattern("^[+-](@?[A-Za-z0-9._-]+)(\\|[A-Za-z0-9._-]+)?$") String> commands,
    @JsonPropertyDescription(
            "The user may use the channels that begin with one of these. Default: none.")
        @Size(max = 50)
        @Nullable List<@Pattern("^[A-Za-z0-9:_.{}/@-]+$") String> channelPrefixes,
    @JsonPropertyDescription(
            "A Secret in this namespace with the password. Without it one is made.")
        @Nullable PasswordSecret passwordSecretRef,
    @JsonPropertyDescription("When the password changes.") @Nullable Rotation rotation) {

  /** What a user is for. */
  public enum Preset {
    @JsonProperty("toolhive-session")
    TOOLHIVE_SESSION,
    @JsonProperty("toolhive-authserver")
    TOOLHIVE_AUTHSERVER
  }

  /** Where a password is. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record PasswordSecret(
      @Required @JsonPropertyDescription("The Secret's name.") String name,
      @JsonPropertyDescription("The password's key.") @Default("password") @Nullable String key) {
    String keyOrDefault() {
      return Objects.requireNonNullElse(key, "password");
    }
  }

  /** When the password changes. During the overlap both are valid. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Rotation(
      @JsonPropertyDescription(
              "How old a password that is made here may become: 720h. Without it, as old as it likes.")
          @Pattern("^([0-9]+(s|m|h))+$")
          @Nullable String every,
      @JsonPropertyDescription(
              "How long the previous password stays valid, so that consumers have time to take the new one.")
          @Pattern("^([0-9]+(s|m|h))+$")
          @Default("10m")
          @Nullable String overlap,
      @JsonPropertyDescription(
              "A change of this text makes a new password now: a date, for example.")
          @Size(max = 200)
          @Nullable String trigger) {}

  /** The rights. */
  AclRules rules() {
    return AclRules.of(
        keyPrefixes,
        Objects.requireNonNullElse(channelPrefixes, List.of()),
        preset == null ? Objects.requireNonNullElse(commands, List.of()) : allowed(preset));
  }

  private static List<String> allowed(Preset preset) {
    List<String> commands =
        switch (preset) {
          case TOOLHIVE_SESSION -> ToolHive.SESSION_COMMANDS;
          case TOOLHIVE_AUTHSERVER -> ToolHive.AUTH_SERVER_COMMANDS;
        };
    return commands.stream().map(command -> "+" + command).toList();
  }
}
