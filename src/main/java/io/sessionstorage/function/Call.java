package io.sessionstorage.function;

import io.sessionstorage.compose.Request;
import io.sessionstorage.proto.fn.v1.RunFunctionRequest;

/**
 * What Crossplane asks.
 *
 * @param envelope what is handed on: meta, context, and what earlier steps of the pipeline want
 */
record Call(RunFunctionRequest envelope, Request request) {}
