package io.sessionstorage.compose.status;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.tuple;

import io.sessionstorage.compose.plan.Observation;
import io.sessionstorage.compose.plan.Report;
import java.util.List;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;

class NewsTest {
  private static final Report WELL = new Report(List.of("shared-0"), true, true);
  private static final Report OTHER = new Report(List.of("shared-1"), true, true);
  private static final Report NO_PRIMARY = new Report(List.of(), false, true);
  private static final Report NO_QUORUM = new Report(List.of("shared-0"), true, false);

  @Test
  void saysNothingTwiceAndNothingAtFirst() {
    assertThat(news(null, null)).isEmpty();
    assertThat(news(null, WELL)).isEmpty();
    assertThat(news(WELL, WELL)).isEmpty();
    assertThat(news(WELL, NO_PRIMARY)).isEmpty();
  }

  @Test
  void namesTheNewPrimaryAndTheOld() {
    assertThat(news(WELL, OTHER))
        .containsExactly(
            new Event(
                false,
                "PrimaryChanged",
                "Pod shared-1 takes writes now, before it was pod shared-0."));
    assertThat(news(NO_PRIMARY, WELL))
        .containsExactly(new Event(false, "PrimaryChanged", "Pod shared-0 takes writes now."));
  }

  @Test
  void warnsOfALostQuorumAndSaysWhenItIsBack() {
    assertThat(news(WELL, NO_QUORUM))
        .extracting(Event::warning, Event::reason)
        .containsExactly(tuple(true, "QuorumLost"));
    assertThat(news(NO_QUORUM, WELL))
        .extracting(Event::warning, Event::reason)
        .containsExactly(tuple(false, "QuorumRegained"));
  }

  private static List<Event> news(@Nullable Report before, @Nullable Report now) {
    return News.of(new Observation(before, now));
  }
}
