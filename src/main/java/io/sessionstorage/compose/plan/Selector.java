package io.sessionstorage.compose.plan;

import java.util.Map;

/**
 * Objects to read, by name or by labels.
 *
 * @param namespace empty: a cluster-scoped kind
 * @param name empty: by {@code labels}
 */
public record Selector(
    String apiVersion, String kind, String namespace, String name, Map<String, String> labels) {}
