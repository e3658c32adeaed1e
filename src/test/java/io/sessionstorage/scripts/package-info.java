/** The containers' scripts and Valkey's configuration, against a real Valkey. */
@NullMarked
package io.sessionstorage.scripts;

import org.jspecify.annotations.NullMarked;
