/** Tests of what the observed objects say. */
@NullMarked
package io.sessionstorage.compose.status;

import org.jspecify.annotations.NullMarked;
