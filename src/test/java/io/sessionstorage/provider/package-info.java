@NullMarked
package io.sessionstorage.provider;

import org.jspecify.annotations.NullMarked;
