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
  /** The same image with other metadata: another digest, so Crossplane sees another revision. */
  private static final String REBUILD =
      """
      package=$(mktemp -d)
      cp -r package/function/. "$package"
      sed -i "s|Composes the store|Again composes the store|" "$package/crossplane.yaml"
      crossplane xpkg build -f "$package" --embed-runtime-image-tarball=target/jib-image.tar -o "$package/function.xpkg"
      crossplane xpkg push -f "$package/function.xpkg" "$REGISTRY/function-session-storage:$NEXT"
      rm -r "$package"
      """;

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

    String next = System.getenv("VERSION") + ".next";
    Shell.run(REBUILD, Map.of("NEXT", next));
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
