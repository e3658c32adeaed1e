/** Tests of the certificates of a store. */
@NullMarked
package io.sessionstorage.compose.tls;

import org.jspecify.annotations.NullMarked;
