package io.sessionstorage.provider.managed;

import org.jspecify.annotations.Nullable;

/**
 * A managed resource as its kind sees it during one reconcile.
 *
 * @param id which one
 * @param externalName its name in the external system: annotation {@code
 *     crossplane.io/external-name}, which is {@code metadata.name} unless the user has set it
 * @param forProvider what the user wants
 * @param atProvider what was seen when it was looked at last; null: never
 * @param config what the kind's {@link Connector} has resolved
 * @param published what its connection Secret holds now; {@link ConnectionDetails#NONE} if there is
 *     none, or it is not ours
 * @param deleted whether the user has deleted it
 */
public record Managed<P, O, C>(
    Id id,
    String externalName,
    P forProvider,
    @Nullable O atProvider,
    C config,
    ConnectionDetails published,
    boolean deleted) {}
