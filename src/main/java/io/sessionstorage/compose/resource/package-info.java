/** One class for each composed resource, laid out like the YAML that it makes. */
@NullMarked
package io.sessionstorage.compose.resource;

import org.jspecify.annotations.NullMarked;
