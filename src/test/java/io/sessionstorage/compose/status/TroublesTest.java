package io.sessionstorage.compose.status;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionstorage.api.Instance;
import io.sessionstorage.compose.plan.Report;
import java.util.List;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class TroublesTest {
  @ParameterizedTest
  @CsvSource({
    "shared-0 shared-1, yes, yes, SplitBrain, FAILED, false",
    "shared-0, yes, no, QuorumLost, DEGRADED, true",
    "shared-0, no, no, QuorumLost, FAILED, false",
    "'', no, no, QuorumLost, FAILED, false",
    "'', no, yes, NoPrimary, DEGRADED, false",
    "shared-0, no, yes, PrimaryAlone, DEGRADED, false"
  })
  void areNamedWithTheWayOut(
      String primaries,
      String writes,
      String quorum,
      String reason,
      Phase phase,
      boolean available) {
    Finding finding = Objects.requireNonNull(of(primaries, writes, quorum));

    assertThat(finding.reason()).isEqualTo(reason);
    assertThat(finding.phase()).isEqualTo(phase);
    assertThat(finding.available()).isEqualTo(available);
    assertThat(finding.message()).contains("kubectl ", "-n team-a");
  }

  @ParameterizedTest
  @CsvSource({"shared-2, yes, yes"})
  void areNoneWhereOnePrimaryTakesWritesAndCanBeReplaced(
      String primaries, String writes, String quorum) {
    assertThat(of(primaries, writes, quorum)).isNull();
  }

  private static @Nullable Finding of(String primaries, String writes, String quorum) {
    Report report =
        new Report(
            primaries.isEmpty() ? List.of() : List.of(primaries.split(" ")),
            writes.equals("yes"),
            quorum.equals("yes"));
    return Troubles.of(report, new Instance("shared", "team-a", false));
  }
}
