/** What tests of several packages share. */
@NullMarked
package io.sessionstorage.testing;

import org.jspecify.annotations.NullMarked;
