package io.sessionstorage.provider.managed;

import org.jspecify.annotations.Nullable;

/**
 * What a reconcile has done to an external resource.
 *
 * @param before the managed resource when it was decided
 * @param error why it failed, in the user's words; null: it succeeded
 */
public record Change(Operation operation, Before before, @Nullable String error) {
  /** What can be done. */
  public enum Operation {
    /** It was missing. */
    CREATE(Reasons.CANNOT_CREATE, "create failed: "),
    /** It differed. */
    UPDATE(Reasons.CANNOT_UPDATE, "update failed: "),
    /** It was wanted no more. */
    DELETE(Reasons.CANNOT_DELETE, "delete failed: ");

    private final String reason;
    private final String failed;

    Operation(String reason, String failed) {
      this.reason = reason;
      this.failed = failed;
    }

    /** Of the event if it fails. */
    String reason() {
      return reason;
    }

    /** What the message begins with if it fails. */
    String failed() {
      return failed;
    }
  }

  /**
   * A managed resource after its external resource was looked at.
   *
   * @param resource as the API server has it
   * @param status with what was seen, which may not be written yet
   */
  public record Before(ManagedResource<?, ?> resource, ManagedStatus<?> status) {
    /** The external resource's name; empty if it has none. */
    public String externalName() {
      return Annotations.get(resource.getMetadata(), Annotations.EXTERNAL_NAME).orElse("");
    }
  }
}
