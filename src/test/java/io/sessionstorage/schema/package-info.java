/** The packages' schemas, against a real API server. */
@NullMarked
package io.sessionstorage.schema;

import org.jspecify.annotations.NullMarked;
