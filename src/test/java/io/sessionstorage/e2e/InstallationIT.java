package io.sessionstorage.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;

@ResourceLock(value = Installation.LOCK, mode = ResourceAccessMode.READ)
class InstallationIT {
  @Test
  void theGuideEndsWithAReadyStore() {
    Installation.NAMESPACED.require();

    assertThat(Guide.run("Make a first store"))
        .contains("shared   small   Ready   shared.first-store.svc.cluster.local   True     True");
  }
}
