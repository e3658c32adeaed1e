package io.sessionstorage.provider.managed;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionstorage.testing.Requirement;
import java.time.Duration;
import java.util.stream.Stream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class BackoffTest {
  private final Backoff backoff = new Backoff();

  @ParameterizedTest(name = "after {0} failures: {1} s")
  @CsvSource({"1,1", "2,2", "3,4", "4,8", "5,16", "6,32", "7,60", "8,60", "9,60", "1000,60"})
  @Requirement(
      "Runtime: after a failure it is tried again in 1 s, then twice as late each time, up to 60 s")
  void doublesUpToAMinute(int failures, int seconds) {
    assertThat(after(failures, "one")).isEqualTo(Duration.ofSeconds(seconds));
  }

  @Test
  void beginsAnew() {
    assertThat(after(5, "one")).isGreaterThan(Duration.ofSeconds(1));

    backoff.reset("one");

    assertThat(backoff.next("one")).isEqualTo(Duration.ofSeconds(1));
    assertThat(backoff.next("one")).isEqualTo(Duration.ofSeconds(2));
  }

  @Test
  void delaysNoOtherResource() {
    assertThat(after(5, "one")).isGreaterThan(Duration.ofSeconds(1));

    assertThat(backoff.next("two")).isEqualTo(Duration.ofSeconds(1));
    backoff.reset("two");
    assertThat(backoff.next("one")).isEqualTo(Duration.ofSeconds(32));
  }

  private Duration after(int failures, String uid) {
    return Stream.generate(() -> backoff.next(uid))
        .limit(failures)
        .reduce((before, last) -> last)
        .orElseThrow();
  }
}
