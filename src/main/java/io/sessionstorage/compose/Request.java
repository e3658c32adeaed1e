package io.sessionstorage.compose;

import com.fasterxml.jackson.databind.JsonNode;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Set;

/**
 * What the function is told. Objects are JSON trees, integers kept as integers.
 *
 * @param composite the observed composite; an empty object if there is none
 * @param input the step's input (PlatformDefaults); an empty object if there is none
 * @param observed the composite's existing resources by composition-resource-name
 * @param required what the answer's {@link Answer.Composed#requirements()} found; a key that is
 *     absent was not asked for yet, an empty list means that nothing was found
 * @param time when it was asked: certificates are renewed by it
 */
public record Request(
    JsonNode composite,
    JsonNode input,
    Map<String, JsonNode> observed,
    Map<String, List<JsonNode>> required,
    Instant time) {
  /**
   * Names of fields that no decision depends on, wherever they are in {@code observed} and {@code
   * required}: half of what Crossplane sends. Who reads a request may leave them out.
   */
  public static final Set<String> UNREAD =
      Set.of("managedFields", "containers", "initContainers", "ports", "ingress", "egress");
}
