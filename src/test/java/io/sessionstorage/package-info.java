/** Tests of the whole. */
@NullMarked
package io.sessionstorage;

import org.jspecify.annotations.NullMarked;
