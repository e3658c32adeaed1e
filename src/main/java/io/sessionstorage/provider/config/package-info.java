/** How to reach a server: ProviderConfig, ClusterProviderConfig and who uses them. */
@NullMarked
package io.sessionstorage.provider.config;

import org.jspecify.annotations.NullMarked;
