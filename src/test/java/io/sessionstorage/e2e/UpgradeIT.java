package io.sessionstorage.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Pod;
import io.sessionstorage.testing.Programs;
import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.parallel.ResourceLock;

/** A new function package takes over from the old one. */
@ResourceLock(Installation.LOCK)
@TestInstance(Lifecycle.PER_CLASS)
class UpgradeIT {
  @AutoClose private final TestNamespace namespace = namespace();

  private static TestNamespace namespace() {
    Installation.NAMESPACED.require();
    return new TestNamespace("upgrade");
  }

  @Test
  void aNewFunctionRestartsNoStore() {
    Programs.require("crossplane");
    Store small = namespace.store("small").apply("{size: small}").awaitReady();
    Store medium = namespace.store("medium").apply("{size: medium}").awaitReady();
    Map<String, String> before = medium.versions();
    Pod smallPod = small.pod();
    Pod mediumPod = medium.pod();
    Pod function = FunctionPods.all().getFirst();

    String next = Packages.nextFunction();
    Guide.run(Map.of("VERSION", next), "Install the function");
    try {
      await("another function pod")
          .atMost(Duration.ofMinutes(2))
          .untilAsserted(
              () ->
                  assertThat(FunctionPods.all())
                      .isNotEmpty()
                      .extracting(pod -> pod.getMetadata().getUid())
                      .doesNotContain(function.getMetadata().getUid()));
      small.touch();
      medium.touch();
      await("calls of the new function")
          .atMost(Duration.ofMinutes(2))
          .until(() -> FunctionPods.calls() >= 2);
      small.awaitReady();
      medium.awaitReady();
    } finally {
      Guide.run("Install the function");
    }

    assertThat(medium.versions()).isEqualTo(before);
    assertThat(small.pod().getMetadata().getUid()).isEqualTo(smallPod.getMetadata().getUid());
    assertThat(medium.pod().getMetadata().getUid()).isEqualTo(mediumPod.getMetadata().getUid());
    assertThat(Pods.restarts(small.pod(), "valkey")).isZero();
    assertThat(Pods.restarts(medium.pod(), "valkey")).isZero();
  }
}
