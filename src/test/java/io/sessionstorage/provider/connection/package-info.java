@NullMarked
package io.sessionstorage.provider.connection;

import org.jspecify.annotations.NullMarked;
