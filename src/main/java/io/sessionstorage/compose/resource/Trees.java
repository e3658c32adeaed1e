package io.sessionstorage.compose.resource;

import com.fasterxml.jackson.databind.ObjectMapper;
import com.fasterxml.jackson.databind.SerializationFeature;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.KubernetesResource;

/**
 * Kubernetes objects as JSON trees. A class of its own, so that Jackson is loaded with the first
 * request and not before.
 */
public final class Trees {
  private static final ObjectMapper MAPPER = new ObjectMapper();
  private static final ObjectMapper SORTED =
      new ObjectMapper().configure(SerializationFeature.ORDER_MAP_ENTRIES_BY_KEYS, true);

  private Trees() {}

  /** The object as the API server would take it. */
  public static ObjectNode of(HasMetadata object) {
    return MAPPER.valueToTree(object);
  }

  /** Any part of an object, as text that is the same whenever the part is. */
  static String text(KubernetesResource part) {
    return SORTED.valueToTree(part).toString();
  }
}
