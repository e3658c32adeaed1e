/**
 * Reconciles managed resources step by step as crossplane-runtime does. Knows no kind: a kind
 * implements {@link io.sessionstorage.provider.managed.External}.
 */
@NullMarked
package io.sessionstorage.provider.managed;

import org.jspecify.annotations.NullMarked;
