package io.sessionstorage.provider.managed;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionstorage.testing.Requirement;
import java.time.Duration;
import java.util.random.RandomGenerator;
import java.util.stream.DoubleStream;
import org.junit.jupiter.api.Test;

class SettingsTest {
  private static final Duration MINUTE = Duration.ofMinutes(1);

  @Test
  @Requirement(
      "Runtime: the usual poll interval is a minute, give or take 10 %; the external system has a minute to answer")
  void pollsAboutEveryMinute() {
    assertThat(Settings.DEFAULT.poll()).isEqualTo(MINUTE);
    assertThat(Settings.DEFAULT.timeout()).isEqualTo(MINUTE);
    assertThat(DoubleStream.of(0, 0.5, 1).mapToObj(SettingsTest::jittered))
        .containsExactly(Duration.ofSeconds(54), MINUTE, Duration.ofSeconds(66));
  }

  /** What becomes of a minute, if chance is {@code drawn}, from 0 to 1. */
  private static Duration jittered(double drawn) {
    return SettingsBuilder.usualBut(it -> it.random = new Drawn(drawn)).jittered(MINUTE);
  }

  private record Drawn(double value) implements RandomGenerator {
    @Override
    public long nextLong() {
      throw new UnsupportedOperationException();
    }

    @Override
    public double nextDouble() {
      return value;
    }
  }
}
