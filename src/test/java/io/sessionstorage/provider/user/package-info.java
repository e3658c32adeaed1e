@NullMarked
package io.sessionstorage.provider.user;

import org.jspecify.annotations.NullMarked;
