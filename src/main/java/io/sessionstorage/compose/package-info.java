/** Specification and observed state to desired state. Pure: no network, no file, no protobuf. */
@NullMarked
package io.sessionstorage.compose;

import org.jspecify.annotations.NullMarked;
