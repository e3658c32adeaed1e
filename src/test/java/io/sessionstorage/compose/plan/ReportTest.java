package io.sessionstorage.compose.plan;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class ReportTest {
  @ParameterizedTest
  @ValueSource(
      strings = {
        "primary=shared-0 writes=yes quorum=yes",
        "primary=shared-0 shared-2 writes=yes quorum=no",
        "primary= writes=no quorum=yes"
      })
  void readsWhatItWrites(String text) {
    assertThat(Report.parse(text)).map(Report::text).contains(text);
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "",
        "primary=shared-0 writes=yes",
        "primary=shared-0 writes=maybe quorum=yes",
        "primary=<b> writes=yes quorum=yes",
        "/bin/sh: /scripts/observe.sh: not found"
      })
  void takesNothingElseForAReport(String text) {
    assertThat(Report.parse(text)).isEmpty();
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "primary= writes=no quorum=yes",
        "primary=shared-0 writes=no quorum=yes",
        "primary=shared-0 shared-1 writes=yes quorum=yes"
      })
  void namesAPrimaryOnlyIfOneTakesWrites(String text) {
    assertThat(Report.parse(text).orElseThrow().primary()).isEmpty();
    assertThat(new Report(List.of("shared-1"), true, false).primary()).contains("shared-1");
  }
}
