/** The Crossplane provider: external stores, their users, and bindings of MCP servers to stores. */
@NullMarked
package io.sessionstorage.provider;

import org.jspecify.annotations.NullMarked;
