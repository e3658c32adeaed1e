/** Makes MCP servers of ToolHive use a store. */
@NullMarked
package io.sessionstorage.provider.binding;

import org.jspecify.annotations.NullMarked;
