/** What a user sees, on the cluster that {@code KUBECONFIG} names. */
@NullMarked
package io.sessionstorage.e2e;

import org.jspecify.annotations.NullMarked;
