/** Tests of the composer. */
@NullMarked
package io.sessionstorage.compose;

import org.jspecify.annotations.NullMarked;
