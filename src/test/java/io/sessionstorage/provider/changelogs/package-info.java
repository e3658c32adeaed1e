@NullMarked
package io.sessionstorage.provider.changelogs;

import org.jspecify.annotations.NullMarked;
