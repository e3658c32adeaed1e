@NullMarked
package io.sessionstorage.compose.plan;

import org.jspecify.annotations.NullMarked;
