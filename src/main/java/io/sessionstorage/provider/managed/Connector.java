package io.sessionstorage.provider.managed;

import org.jspecify.annotations.Nullable;

/**
 * Finds out how to reach the external system of a managed resource, from the ProviderConfig that it
 * refers to.
 *
 * @param <C> what it finds out
 */
public interface Connector<C> {
  /**
   * Notes that the managed resource uses the ProviderConfig, and reads it. Opens no connection.
   *
   * @param reference null: the kind has none
   * @param deleted whether the managed resource is being deleted: what is not there yet is not made
   * @throws ExternalFailure if there is no such ProviderConfig, or what it refers to is missing
   */
  C connect(Id managed, @Nullable ProviderConfigReference reference, boolean deleted);

  /**
   * Whether the ProviderConfig is being deleted, too, or is gone: nobody will mend what is wrong
   * with it.
   */
  default boolean ends(Id managed, @Nullable ProviderConfigReference reference) {
    return false;
  }

  /** Ends the use; the managed resource's finalizer is gone. Idempotent. */
  void release(Id managed);

  /** A connector for kinds that need no ProviderConfig. */
  static <C> Connector<C> to(C config) {
    return new Connector<>() {
      @Override
      public C connect(Id managed, @Nullable ProviderConfigReference reference, boolean deleted) {
        return config;
      }

      @Override
      public void release(Id managed) {}
    };
  }
}
