package io.sessionstorage.compose.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.HashMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;

/**
 * What exists.
 *
 * @param composite the composite itself
 * @param resources composed resources by {@link Keys}
 * @param required the answers to {@link Requirement}s; a requirement that was not asked for yet has
 *     none
 * @param secrets the decoded data of the composed Secrets, by {@link Keys}
 */
public record Observed(
    JsonNode composite,
    Map<String, JsonNode> resources,
    Map<String, List<JsonNode>> required,
    Map<String, Map<String, String>> secrets) {
  /** What exists. */
  public Observed(
      JsonNode composite, Map<String, JsonNode> resources, Map<String, List<JsonNode>> required) {
    this(composite, resources, required, secrets(resources));
  }

  private static Map<String, Map<String, String>> secrets(Map<String, JsonNode> resources) {
    Map<String, Map<String, String>> secrets = new HashMap<>();
    resources.forEach(
        (key, object) -> {
          if ("Secret".equals(object.path("kind").asText())) {
            secrets.put(key, data(object));
          }
        });
    return secrets;
  }

  /** The composed resource, or a missing node. */
  public JsonNode get(String key) {
    return resources.getOrDefault(key, MissingNode.getInstance());
  }

  /** Whether the composed resource exists. */
  public boolean has(String key) {
    return resources.containsKey(key);
  }

  /** The condition of that type in an object's status, or a missing node. */
  public static JsonNode condition(JsonNode object, String type) {
    for (JsonNode condition : object.path("status").path("conditions")) {
      if (type.equals(condition.path("type").asText())) {
        return condition;
      }
    }
    return MissingNode.getInstance();
  }

  /** Whether an object's status says that of the condition of that type. */
  public static boolean says(JsonNode object, String type, String status) {
    return status.equals(condition(object, type).path("status").asText());
  }

  /**
   * A Secret's decoded data; empty if it does not exist. A value that is not base64 counts as
   * empty.
   */
  public Map<String, String> secret(String key) {
    return secrets.getOrDefault(key, Map.of());
  }

  /** The same of any Secret. */
  static Map<String, String> data(JsonNode secret) {
    Map<String, String> data = new LinkedHashMap<>();
    secret
        .path("data")
        .properties()
        .forEach(entry -> data.put(entry.getKey(), decoded(entry.getValue().asText())));
    return data;
  }

  /** The decoded data of a Secret that was asked for; empty if it does not exist. */
  public Map<String, String> requiredSecret(String requirement) {
    return required.getOrDefault(requirement, List.of()).stream()
        .findFirst()
        .map(Observed::data)
        .orElseGet(Map::of);
  }

  private static String decoded(String base64) {
    try {
      return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
    } catch (IllegalArgumentException e) {
      return "";
    }
  }
}
