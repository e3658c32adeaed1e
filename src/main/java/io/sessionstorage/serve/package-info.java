/**
 * TLS from disk, health and metrics over HTTP, logs, JSON in protobuf: what any server of this
 * product needs.
 */
@NullMarked
package io.sessionstorage.serve;

import org.jspecify.annotations.NullMarked;
