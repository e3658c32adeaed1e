package io.sessionstorage.compose.status;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Quantity;
import io.sessionstorage.compose.plan.Keys;
import io.sessionstorage.compose.plan.Observed;
import io.sessionstorage.compose.plan.Plan;
import io.sessionstorage.compose.plan.Volume;
import java.util.stream.IntStream;

/**
 * Whether sessions outlive the pod.
 *
 * @param reason one CamelCase word for machines
 */
public record Persistence(boolean healthy, String reason, String message) {
  /** Reads it from the volume. */
  public static Persistence of(Plan plan, Observed observed) {
    Volume volume = plan.volume();
    if (volume == null) {
      return new Persistence(
          false,
          "Ephemeral",
          "Size small keeps sessions in memory only: they are lost when the pod restarts. To keep them, make a SessionStorage of size medium.");
    }
    int waiting =
        IntStream.range(0, plan.nodes())
            .filter(i -> !Readiness.of(observed.get(Keys.data(i))))
            .findFirst()
            .orElse(0);
    JsonNode claim = observed.get(Keys.data(waiting));
    String name = plan.instance().dataClaim(waiting);
    if (!Readiness.of(claim)) {
      return new Persistence(
          false,
          "VolumePending",
          plan.replicated()
              ? "Not every volume is bound yet."
              : "Volume %s is not bound yet.".formatted(name));
    }
    if (volume.refusedSize() != null) {
      return new Persistence(
          true,
          "ResizeRefused",
          "Volume %s stays at %s instead of %s: its StorageClass %s does not allow expansion. Set spec.storage.size back, or make a new SessionStorage with another class."
              .formatted(name, volume.size(), volume.refusedSize(), volume.className()));
    }
    String capacity = claim.path("status").path("capacity").path("storage").asText("0");
    if (new Quantity(capacity).getNumericalAmount().compareTo(volume.size().getNumericalAmount())
        < 0) {
      return new Persistence(
          true,
          "Resizing",
          "Volume %s has %s and grows to %s: see kubectl describe pvc -n %s %1$s if this lasts."
              .formatted(name, capacity, volume.size(), plan.instance().namespace()));
    }
    return new Persistence(
        true,
        "VolumeBound",
        plan.replicated()
            ? "Sessions are written to %d volumes of %s every second."
                .formatted(plan.nodes(), capacity)
            : "Sessions are written to volume %s of %s every second.".formatted(name, capacity));
  }
}
