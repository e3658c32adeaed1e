package io.sessionstorage.compose.plan;

import com.fasterxml.jackson.databind.JsonNode;
import java.util.ArrayList;
import java.util.List;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * The addresses at which the nodes of a store find each other: of a Service for each, because they
 * stay. Sentinel and Valkey look for a name in their only thread, which a name server that is slow,
 * or lost with a node, would stop.
 */
final class Addresses {
  private Addresses() {}

  /**
   * One for each node, in order. Empty: there is nobody to find, or the pods of a former release do
   * without for now. Null: not known, and no pod is there yet.
   */
  static @Nullable List<String> of(int nodes, Observed observed) {
    if (nodes == 1) {
      return List.of();
    }
    List<String> known =
        IntStream.range(0, nodes)
            .mapToObj(i -> observed.get(Keys.node(i)).path("spec").path("clusterIP").asText(""))
            .filter(address -> !address.isEmpty())
            .toList();
    if (known.size() == nodes) {
      return known;
    }
    return observed.has(Keys.STATEFUL_SET) ? inUse(observed) : null;
  }

  /** A Service that is gone for a moment restarts no pod. */
  private static List<String> inUse(Observed observed) {
    List<String> addresses = new ArrayList<>();
    for (JsonNode alias : observed.get(Keys.STATEFUL_SET).at("/spec/template/spec/hostAliases")) {
      addresses.add(alias.path("ip").asText());
    }
    return addresses;
  }
}
