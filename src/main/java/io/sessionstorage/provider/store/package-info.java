/** From a ProviderConfig to a server that can be spoken to. */
@NullMarked
package io.sessionstorage.provider.store;

import org.jspecify.annotations.NullMarked;
