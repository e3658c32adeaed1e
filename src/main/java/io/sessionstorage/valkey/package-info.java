/** The client side of Valkey: addresses, connections, commands and ACL rules. */
@NullMarked
package io.sessionstorage.valkey;

import org.jspecify.annotations.NullMarked;
