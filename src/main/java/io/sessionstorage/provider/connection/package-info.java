/** The kind Connection: an endpoint that is checked for what ToolHive needs, and its Secret. */
@NullMarked
package io.sessionstorage.provider.connection;

import org.jspecify.annotations.NullMarked;
