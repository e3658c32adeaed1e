/** SessionStorage as records: specification, names, labels, defaults. */
@NullMarked
package io.sessionstorage.api;

import org.jspecify.annotations.NullMarked;
