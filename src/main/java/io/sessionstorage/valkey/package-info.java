/**
 * The client side of Valkey: addresses, connections, commands and ACL rules.
 *
 * <p>It is written here and not taken from a library, because it meets servers that nobody vouches
 * for: {@code docs/decisions/valkey-client.md} has what Jedis, valkey-java and Lettuce made of
 * them.
 */
@NullMarked
package io.sessionstorage.valkey;

import org.jspecify.annotations.NullMarked;
