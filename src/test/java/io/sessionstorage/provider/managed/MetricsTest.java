package io.sessionstorage.provider.managed;

import static org.assertj.core.api.Assertions.assertThat;

import io.prometheus.metrics.expositionformats.PrometheusTextFormatWriter;
import io.sessionstorage.testing.Requirement;
import java.io.ByteArrayOutputStream;
import java.io.IOException;
import java.io.UncheckedIOException;
import java.nio.charset.StandardCharsets;
import java.util.List;
import java.util.stream.Stream;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

class MetricsTest {
  private static final String GVK = "{gvk=\"test.example.org/v1alpha1, Kind=Widget\"}";

  @SuppressWarnings("NullAway.Init") // before each test
  @AutoClose
  private Bench bench;

  @BeforeEach
  void start() {
    bench = new Bench().widget();
  }

  @Test
  @Requirement(
      "Runtime: histograms crossplane_managed_resource_* of the first reconcile, the first readiness, drift and deletion, by gvk")
  void timesTheLifeOfAResource() {
    assertThat(samples("_count")).isEmpty();

    bench.external.observation = seen("red");
    bench.reconcile();
    bench.reconcile();
    assertThat(samples("_count"))
        .containsExactlyInAnyOrder(
            "crossplane_managed_resource_first_time_to_reconcile_seconds_count" + GVK + " 1",
            "crossplane_managed_resource_first_time_to_readiness_seconds_count" + GVK + " 1");

    bench.external.observation = Observation.outdated(new Widget.Seen("blue"), "color");
    bench.reconcile();
    assertThat(samples("_count"))
        .contains("crossplane_managed_resource_drift_seconds_count" + GVK + " 1");

    bench.external.observation = Observation.missing();
    bench.delete();
    bench.reconcile();
    bench.assertGone();
    assertThat(samples("_count"))
        .contains("crossplane_managed_resource_deletion_seconds_count" + GVK + " 1");
  }

  @Test
  @Requirement(
      "Runtime: gauges crossplane_managed_resource_exists, _ready and _synced count resources by gvk")
  void countsResourcesByTheirState() {
    bench.metrics.watch(Widget.class, () -> Stream.of(bench.get()));
    assertThat(samples(GVK)).containsExactlyInAnyOrderElementsOf(gauges(0, 0));

    bench.external.observation =
        Observation.current(new Widget.Seen("red")).with(Condition.unavailable("it is broken"));
    bench.reconcile();
    assertThat(samples(GVK)).containsAll(gauges(0, 1));

    bench.external.observation = seen("red");
    bench.reconcile();
    assertThat(samples(GVK)).containsAll(gauges(1, 1));
  }

  private static Observation<Widget.Seen> seen(String color) {
    return Observation.current(new Widget.Seen(color)).with(Condition.available());
  }

  private static List<String> gauges(int ready, int synced) {
    return List.of(
        "crossplane_managed_resource_exists%s 1.0".formatted(GVK),
        "crossplane_managed_resource_ready%s %d.0".formatted(GVK, ready),
        "crossplane_managed_resource_synced%s %d.0".formatted(GVK, synced));
  }

  /** The lines of a scrape that have this text. */
  private List<String> samples(String text) {
    try {
      ByteArrayOutputStream out = new ByteArrayOutputStream();
      PrometheusTextFormatWriter.create().write(out, bench.registry.scrape());
      return out.toString(StandardCharsets.UTF_8)
          .lines()
          .filter(it -> it.contains(text) && !it.startsWith("#"))
          .toList();
    } catch (IOException e) {
      throw new UncheckedIOException(e);
    }
  }
}
