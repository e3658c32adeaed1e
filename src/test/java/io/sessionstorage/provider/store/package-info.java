@NullMarked
package io.sessionstorage.provider.store;

import org.jspecify.annotations.NullMarked;
