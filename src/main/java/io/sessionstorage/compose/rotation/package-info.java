/** How a store's passwords are replaced: a state machine whose state is in the observed objects. */
@NullMarked
package io.sessionstorage.compose.rotation;

import org.jspecify.annotations.NullMarked;
