/** The certificates of a store, made by an authority of its own. */
@NullMarked
package io.sessionstorage.compose.tls;

import org.jspecify.annotations.NullMarked;
