/** The kind User: a user of a store's ACL, whose password is made, published and rotated. */
@NullMarked
package io.sessionstorage.provider.user;

import org.jspecify.annotations.NullMarked;
