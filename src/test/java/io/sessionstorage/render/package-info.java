/** Tests of {@code render}. */
@NullMarked
package io.sessionstorage.render;

import org.jspecify.annotations.NullMarked;
