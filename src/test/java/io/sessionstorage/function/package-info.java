/** Tests of {@code function}. */
@NullMarked
package io.sessionstorage.function;

import org.jspecify.annotations.NullMarked;
