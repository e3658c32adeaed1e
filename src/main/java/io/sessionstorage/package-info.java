/** The command line. */
@NullMarked
package io.sessionstorage;

import org.jspecify.annotations.NullMarked;
