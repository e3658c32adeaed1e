package io.sessionstorage.compose.resource;

import io.fabric8.kubernetes.api.model.PersistentVolumeClaim;
import io.fabric8.kubernetes.api.model.PersistentVolumeClaimBuilder;
import io.sessionstorage.compose.plan.Plan;
import io.sessionstorage.compose.plan.Volume;

/** The store's volumes. */
public final class DataClaims {
  private DataClaims() {}

  /** A pod's volume, which the StatefulSet adopts by its name, so that it can grow. */
  public static PersistentVolumeClaim of(Plan plan, Volume volume, int ordinal) {
    // @formatter:off
    return new PersistentVolumeClaimBuilder()
        .withMetadata(Metadata.of(plan, plan.instance().dataClaim(ordinal)))
        .withNewSpec()
          .withAccessModes("ReadWriteOnce")
          .withStorageClassName(volume.className())
          .withNewResources()
            .addToRequests("storage", volume.size())
          .endResources()
        .endSpec()
        .build();
    // @formatter:on
  }
}
