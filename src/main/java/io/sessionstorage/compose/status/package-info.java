/** What the observed objects say about the store. */
@NullMarked
package io.sessionstorage.compose.status;

import org.jspecify.annotations.NullMarked;
