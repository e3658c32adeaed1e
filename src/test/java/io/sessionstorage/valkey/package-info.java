@NullMarked
package io.sessionstorage.valkey;

import org.jspecify.annotations.NullMarked;
