package io.sessionstorage.provider.managed;

/**
 * A kind of managed resource, and how it is handled.
 *
 * @param type its class
 * @param external what it does to its external resource
 * @param connector how it reaches the external system
 */
public record Kind<R extends ManagedResource<P, O>, P, O, C>(
    Class<R> type, External<P, O, C> external, Connector<C> connector) {}
