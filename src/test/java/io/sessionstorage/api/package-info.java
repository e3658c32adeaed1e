@NullMarked
package io.sessionstorage.api;

import org.jspecify.annotations.NullMarked;
