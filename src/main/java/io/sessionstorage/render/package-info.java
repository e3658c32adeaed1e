/** The function's answer on the command line. */
@NullMarked
package io.sessionstorage.render;

import org.jspecify.annotations.NullMarked;
