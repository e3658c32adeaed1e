package io.sessionstorage.provider.managed;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.TimeoutException;
import org.jspecify.annotations.Nullable;

/** A step of a reconcile that did not succeed, in the user's words. */
final class StepFailure extends Exception {
  private static final long serialVersionUID = 1;

  private final String reason;
  private final transient List<Condition> conditions;

  /**
   * A failure.
   *
   * @param reason of the event
   * @param conditions to set beside Synced
   */
  StepFailure(String reason, String message, List<Condition> conditions, Throwable cause) {
    super(message, cause);
    this.reason = reason;
    this.conditions = List.copyOf(conditions);
  }

  /** Whether the external system, or the way to it, is the cause, and not the API server. */
  boolean isExternal() {
    return getCause() instanceof ExternalFailure || getCause() instanceof TimeoutException;
  }

  /** The same, with words before its message. */
  StepFailure after(String prefix) {
    return new StepFailure(
        reason, prefix + getMessage(), conditions, Objects.requireNonNull(getCause()));
  }

  String reason() {
    return reason;
  }

  List<Condition> conditions() {
    return conditions;
  }

  /** What the API server says, without the client's words around it. */
  static String message(KubernetesClientException e) {
    return e.getStatus() != null && e.getStatus().getMessage() != null
        ? e.getStatus().getMessage()
        : String.valueOf(e.getMessage());
  }

  static boolean isConflict(@Nullable Throwable e) {
    return e instanceof KubernetesClientException refusal
        && refusal.getCode() == HttpURLConnection.HTTP_CONFLICT;
  }

  static boolean isNotFound(@Nullable Throwable e) {
    return e instanceof KubernetesClientException refusal
        && refusal.getCode() == HttpURLConnection.HTTP_NOT_FOUND;
  }
}
