package io.sessionstorage.provider.managed;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import org.jspecify.annotations.Nullable;

/**
 * A condition, as all of Crossplane writes it.
 *
 * @param lastTransitionTime RFC 3339; the reconciler sets it when the condition changes
 * @param observedGeneration the reconciler sets it
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public record Condition(
    @Required @JsonPropertyDescription("At most one condition of each type.") String type,
    @Required @JsonPropertyDescription("True, False or Unknown.") String status,
    @Required @JsonPropertyDescription("The cause in one word.") String reason,
    @JsonPropertyDescription("The cause and what to do about it.") @Nullable String message,
    @Required @JsonPropertyDescription("When the condition changed last.")
        @Nullable String lastTransitionTime,
    @JsonPropertyDescription("The generation of the specification that it is about.")
        @Nullable Long observedGeneration) {
  static final String READY = "Ready";
  static final String SYNCED = "Synced";

  /** A condition of the kind's own; its message says what to do, and is null if all is well. */
  public static Condition of(String type, boolean status, String reason, @Nullable String message) {
    return new Condition(type, status ? "True" : "False", reason, message, null, null);
  }

  /** A condition of the kind's own that cannot be told. */
  public static Condition unknown(String type, String reason, @Nullable String message) {
    return new Condition(type, "Unknown", reason, message, null, null);
  }

  /** Ready: it can be used. */
  public static Condition available() {
    return of(READY, true, "Available", null);
  }

  /** Not Ready, with the cause and the remedy. */
  public static Condition unavailable(String message) {
    return of(READY, false, "Unavailable", message);
  }

  static Condition creating() {
    return of(READY, false, "Creating", null);
  }

  static Condition deleting() {
    return of(READY, false, "Deleting", null);
  }

  static Condition reconcileSuccess() {
    return of(SYNCED, true, "ReconcileSuccess", null);
  }

  static Condition reconcileError(String message) {
    return of(SYNCED, false, "ReconcileError", message);
  }

  static Condition reconcilePaused() {
    return of(
        SYNCED,
        false,
        "ReconcilePaused",
        "Reconciliation is paused either through the `spec.managementPolicies` or the pause annotation");
  }
}
