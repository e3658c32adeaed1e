@NullMarked
package io.sessionstorage.provider.config;

import org.jspecify.annotations.NullMarked;
