/** The composition function: protobuf to and from {@code compose}, and its server. */
@NullMarked
package io.sessionstorage.function;

import org.jspecify.annotations.NullMarked;
