/** Decisions that several resources share, made once. */
@NullMarked
package io.sessionstorage.compose.plan;

import org.jspecify.annotations.NullMarked;
