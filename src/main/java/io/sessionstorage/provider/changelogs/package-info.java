/**
 * Change logs, as crossplane-runtime has them: each change of an external resource is sent to a
 * sidecar, over a Unix socket.
 */
@NullMarked
package io.sessionstorage.provider.changelogs;

import org.jspecify.annotations.NullMarked;
