@NullMarked
package io.sessionstorage.provider.managed;

import org.jspecify.annotations.NullMarked;
