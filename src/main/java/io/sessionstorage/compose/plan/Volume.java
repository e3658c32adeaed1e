package io.sessionstorage.compose.plan;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Quantity;
import io.sessionstorage.api.PlatformDefaults;
import io.sessionstorage.api.Problem;
import io.sessionstorage.api.Store.Managed;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;

/**
 * The pod's volume.
 *
 * @param size what is requested
 * @param className null: the cluster's default class
 * @param templateSize the request in the StatefulSet's volumeClaimTemplate, which never changes
 * @param templateClassName the class in the volumeClaimTemplate, which never changes
 * @param refusedSize the size that was asked for and that the StorageClass cannot give; null:
 *     nothing is refused
 */
public record Volume(
    Quantity size,
    @Nullable String className,
    Quantity templateSize,
    @Nullable String templateClassName,
    @Nullable Quantity refusedSize) {

  /** The requirement whose result is the volume's StorageClass. */
  public static final String STORAGE_CLASS = "storage-class";

  /** The log, what was appended to it, and its rewritten successor, in multiples of maxmemory. */
  private static final long BURST = 6;

  static Volume of(
      Managed store,
      long maxmemory,
      PlatformDefaults defaults,
      Observed observed,
      List<Problem> problems) {
    Quantity wanted =
        Objects.requireNonNullElse(
            store.storage(), enough(defaults.preset(store.size()).storage(), maxmemory));
    @Nullable String wantedClass =
        store.storageClass() != null ? store.storageClass() : defaults.storageClassName();
    JsonNode claim = observed.get(Keys.DATA).path("spec");
    Quantity existing = quantity(claim.path("resources").path("requests").path("storage"));
    @Nullable String existingClass = claim.path("storageClassName").textValue();
    if (existingClass != null
        && store.storageClass() != null
        && !store.storageClass().equals(existingClass)) {
      problems.add(
          new Problem(
              "spec.storage.className",
              "the volume is of class %s and cannot move to %s: set it back, or make a new SessionStorage"
                  .formatted(existingClass, store.storageClass())));
    }
    Quantity size = wanted;
    Quantity refused = null;
    if (existing != null) {
      int growth = wanted.getNumericalAmount().compareTo(existing.getNumericalAmount());
      if (growth < 0 && store.storage() != null) {
        problems.add(
            new Problem(
                "spec.storage.size",
                "%s is less than the volume's %s, and a volume never shrinks: use %2$s or more, or make a new SessionStorage"
                    .formatted(wanted, existing)));
      }
      refused = growth > 0 && !expandable(observed) ? wanted : null;
      size = growth <= 0 || refused != null ? existing : wanted;
    }
    JsonNode template =
        observed
            .get(Keys.STATEFUL_SET)
            .path("spec")
            .path("volumeClaimTemplates")
            .path(0)
            .path("spec");
    Quantity templateSize = quantity(template.path("resources").path("requests").path("storage"));
    @Nullable String className = existingClass != null ? existingClass : wantedClass;
    return new Volume(
        size,
        className,
        templateSize == null ? size : templateSize,
        templateSize == null ? className : template.path("storageClassName").textValue(),
        refused);
  }

  /** The preset, or as many whole GiB as a burst of writes on a full store was seen to need. */
  private static Quantity enough(Quantity preset, long maxmemory) {
    long needed = BURST * maxmemory;
    return preset.getNumericalAmount().longValue() >= needed
        ? preset
        : new Quantity(((needed >> 30) + 1) + "Gi");
  }

  private static boolean expandable(Observed observed) {
    return observed.required().getOrDefault(STORAGE_CLASS, List.of()).stream()
        .anyMatch(storageClass -> storageClass.path("allowVolumeExpansion").asBoolean());
  }

  private static @Nullable Quantity quantity(JsonNode node) {
    return node.isTextual() ? new Quantity(node.textValue()) : null;
  }
}
