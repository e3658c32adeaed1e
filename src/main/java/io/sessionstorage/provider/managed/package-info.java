/**
 * Reconciles managed resources step by step as crossplane-runtime does. Knows no kind: a kind
 * implements {@link io.sessionstorage.provider.managed.External}.
 *
 * <p>Nothing is initialised late: no external system of this provider decides what a user has left
 * open, so that the policy LateInitialize has nothing to allow.
 */
@NullMarked
package io.sessionstorage.provider.managed;

import org.jspecify.annotations.NullMarked;
