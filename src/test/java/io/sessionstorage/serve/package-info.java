/** Tests of {@code serve}. */
@NullMarked
package io.sessionstorage.serve;

import org.jspecify.annotations.NullMarked;
