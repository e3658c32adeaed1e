package io.sessionstorage.api;

import java.util.List;
import java.util.Map;

/**
 * Who may connect beside ToolHive's pods of the store's own namespace.
 *
 * @param allowedNamespaces namespaces whose ToolHive pods, and allowed pods, may connect too
 * @param allowedPods label sets of pods that may connect too
 */
public record Network(List<String> allowedNamespaces, List<Map<String, String>> allowedPods) {
  /** ToolHive's pods of the store's own namespace and nobody else. */
  public static final Network CLOSED = new Network(List.of(), List.of());
}
