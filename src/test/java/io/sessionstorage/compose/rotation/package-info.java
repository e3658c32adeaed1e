@NullMarked
package io.sessionstorage.compose.rotation;

import org.jspecify.annotations.NullMarked;
