package io.sessionstorage.api;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import java.time.Instant;
import java.time.ZoneId;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

class ScheduleTest {
  /**
   * In Berlin clocks go from 02:00 to 03:00 on 29 March 2026, and back from 03:00 on 25 October.
   */
  @ParameterizedTest
  @CsvSource(
      delimiter = '|',
      textBlock =
          """
          17 * * * *      | Etc/UTC       | 2026-03-01T10:17:00Z | 2026-03-01T11:17:00Z
          17 * * * *      | Etc/UTC       | 2026-03-01T10:16:59Z | 2026-03-01T10:17:00Z
          */20 * * * *    | Etc/UTC       | 2026-12-31T23:41:00Z | 2027-01-01T00:00:00Z
          5-7,50/5 * * * *| Etc/UTC       | 2026-03-01T10:07:00Z | 2026-03-01T10:50:00Z
          0 3 * * *       | Europe/Berlin | 2026-03-27T12:00:00Z | 2026-03-28T02:00:00Z
          0 3 * * *       | Europe/Berlin | 2026-03-28T12:00:00Z | 2026-03-29T01:00:00Z
          30 2 * * *      | Europe/Berlin | 2026-03-28T12:00:00Z | 2026-03-29T01:30:00Z
          0 3 * * *       | Europe/Berlin | 2026-10-24T12:00:00Z | 2026-10-25T02:00:00Z
          0 0 * * mon     | Etc/UTC       | 2026-03-01T00:00:00Z | 2026-03-02T00:00:00Z
          0 0 * * SUN,Wed | Etc/UTC       | 2026-03-01T00:00:00Z | 2026-03-04T00:00:00Z
          0 0 13 * fri    | Etc/UTC       | 2026-03-01T00:00:00Z | 2026-03-06T00:00:00Z
          0 0 31 * *      | Etc/UTC       | 2026-04-01T00:00:00Z | 2026-05-31T00:00:00Z
          0 0 29 feb ?    | Etc/UTC       | 2026-03-01T00:00:00Z | 2028-02-29T00:00:00Z
          @weekly         | Etc/UTC       | 2026-03-02T00:00:00Z | 2026-03-08T00:00:00Z
          @monthly        | Etc/UTC       | 2026-03-02T00:00:00Z | 2026-04-01T00:00:00Z
          @yearly         | Etc/UTC       | 2026-03-02T00:00:00Z | 2027-01-01T00:00:00Z
          """)
  void comesNext(String schedule, ZoneId zone, Instant after, Instant next) {
    assertThat(Schedule.parse(schedule).next(after, zone)).isEqualTo(next);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "* * * *",
        "* * * * * *",
        "60 * * * *",
        "* 24 * * *",
        "* * 0 * *",
        "* * * 13 *",
        "* * * * 7",
        "5-3 * * * *",
        "*/0 * * * *",
        "1-2-3 * * * *",
        "1/2/3 * * * *",
        "a * * * *",
        "-1 * * * *",
        "1, * * * *",
        "0 0 31 2 *",
        "@every 1h"
      })
  void refuses(String schedule) {
    assertThatThrownBy(() -> Schedule.parse(schedule)).isInstanceOf(IllegalArgumentException.class);
  }
}
