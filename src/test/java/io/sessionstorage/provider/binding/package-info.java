@NullMarked
package io.sessionstorage.provider.binding;

import org.jspecify.annotations.NullMarked;
