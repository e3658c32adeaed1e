package io.sessionstorage.function;

import com.fasterxml.jackson.databind.JsonNode;
import io.sessionstorage.compose.Request;
import io.sessionstorage.proto.fn.v1.Resources;
import io.sessionstorage.proto.fn.v1.RunFunctionRequest;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** What Crossplane sends, as the composer takes it. */
final class Requests {
  private Requests() {}

  static Request of(RunFunctionRequest request) {
    Map<String, JsonNode> observed = new HashMap<>();
    request
        .getObserved()
        .getResourcesMap()
        .forEach((key, resource) -> observed.put(key, Structs.tree(resource.getResource())));
    return new Request(
        Structs.tree(request.getObserved().getComposite().getResource()),
        Structs.tree(request.getInput()),
        observed,
        required(request),
        Instant.now());
  }

  /** Crossplane 1.x answers requirements under their old name. */
  private static Map<String, List<JsonNode>> required(RunFunctionRequest request) {
    Map<String, List<JsonNode>> required = new HashMap<>();
    request.getExtraResourcesMap().forEach((key, found) -> required.put(key, items(found)));
    request.getRequiredResourcesMap().forEach((key, found) -> required.put(key, items(found)));
    return required;
  }

  private static List<JsonNode> items(Resources found) {
    return found.getItemsList().stream()
        .<JsonNode>map(item -> Structs.tree(item.getResource()))
        .toList();
  }
}
