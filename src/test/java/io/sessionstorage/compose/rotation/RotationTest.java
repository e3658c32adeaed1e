package io.sessionstorage.compose.rotation;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionstorage.api.RotationPolicy;
import io.sessionstorage.compose.rotation.Rotation.Situation;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;

class RotationTest {
  private static final Instant START = Instant.parse("2026-03-01T10:20:30Z");
  private static final RotationPolicy DAILY =
      new RotationPolicy(Duration.ofDays(1), Duration.ofHours(1), null);
  private static final Situation RUNS = new Situation(false, false, true, false);

  /** Of each step: what is the case, how long the step has lasted, and what follows. */
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          CURRENT,   runs,        23h,  CURRENT
          CURRENT,   runs,        24h,  ADDING
          CURRENT,   starts,      24h,  CURRENT
          CURRENT,   stopped,     23h,  CURRENT
          CURRENT,   stopped,     24h,  OVERLAP
          CURRENT,   lost,        0h,   ADDING
          CURRENT,   lost while it starts, 0h, ADDING
          CURRENT,   lost while stopped, 0h, OVERLAP
          CURRENT,   proven,      0h,   CURRENT
          ADDING,    runs,        99h,  ADDING
          ADDING,    starts,      99h,  ADDING
          ADDING,    proven,      0h,   SWITCHING
          ADDING,    stopped,     0h,   SWITCHING
          ADDING,    lost,        0h,   ADDING
          SWITCHING, runs,        99h,  SWITCHING
          SWITCHING, proven,      0h,   OVERLAP
          SWITCHING, stopped,     0h,   OVERLAP
          SWITCHING, lost,        0h,   ADDING
          OVERLAP,   runs,        0h,   OVERLAP
          OVERLAP,   starts,      1h,   REMOVING
          OVERLAP,   stopped,     0h,   OVERLAP
          OVERLAP,   stopped,     1h,   REMOVING
          OVERLAP,   proven,      0h,   OVERLAP
          OVERLAP,   lost,        0h,   ADDING
          REMOVING,  runs,        99h,  REMOVING
          REMOVING,  proven,      0h,   CURRENT
          REMOVING,  stopped,     0h,   CURRENT
          REMOVING,  lost,        0h,   ADDING
          """)
  void goesOn(Step step, String situation, String after, Step next) {
    Situation store =
        switch (situation) {
          case "runs" -> RUNS;
          case "starts" -> new Situation(false, false, false, false);
          case "stopped" -> new Situation(false, true, false, false);
          case "proven" -> new Situation(false, false, true, true);
          case "lost" -> new Situation(true, false, true, false);
          case "lost while it starts" -> new Situation(true, false, false, false);
          case "lost while stopped" -> new Situation(true, true, false, false);
          default -> throw new AssertionError(situation);
        };
    Rotation rotation = new Rotation(step, START, START, null, "");
    Instant now = START.plus(Duration.parse("PT" + after));

    Rotation result = rotation.next(DAILY, store, now);

    assertThat(result.step()).isEqualTo(next);
    if (step == next && !store.lost()) {
      assertThat(result).isEqualTo(rotation);
    } else {
      assertThat(result.since()).isEqualTo(now);
    }
  }

  @Test
  void beginsOnceForEachValueOfRotateAt() {
    Rotation first = Rotation.first(asked("a"), START);
    assertThat(first.next(asked("a"), RUNS, START)).isEqualTo(first);
    assertThat(first.next(asked(null), RUNS, START)).isEqualTo(first);

    Rotation begun = first.next(asked("b"), RUNS, START);
    assertThat(begun.step()).isEqualTo(Step.ADDING);
    assertThat(begun.rotateAt()).isEqualTo("b");
  }

  @Test
  void keepsAValueThatComesWhileItRotatesForAfterwards() {
    Rotation rotation = Rotation.first(asked("a"), START).next(asked("b"), RUNS, START);
    Situation proven = new Situation(false, false, true, true);

    List<Step> steps = new ArrayList<>();
    Instant now = START;
    for (int i = 0; i < 5; i++) {
      now = now.plus(Duration.ofHours(2));
      rotation = rotation.next(asked("c"), proven, now);
      steps.add(rotation.step());
    }

    assertThat(steps)
        .containsExactly(Step.SWITCHING, Step.OVERLAP, Step.REMOVING, Step.CURRENT, Step.ADDING);
    assertThat(rotation.rotateAt()).isEqualTo("c");
  }

  @Test
  void saysUntilWhenOldPasswordsAreAccepted() {
    Situation proven = new Situation(false, false, true, true);
    Rotation switching = new Rotation(Step.SWITCHING, START, START, null, "");
    assertThat(switching.oldAcceptedUntil(DAILY)).isNull();

    Rotation overlap = switching.next(DAILY, proven, START.plusSeconds(60));
    Instant end = START.plusSeconds(60).plus(DAILY.overlap());
    assertThat(overlap.rotatedAt()).isEqualTo(START.plusSeconds(60));
    assertThat(overlap.oldAcceptedUntil(DAILY)).isEqualTo(end);

    Rotation removing = overlap.next(DAILY, RUNS, end);
    assertThat(removing.oldAcceptedUntil(DAILY)).isEqualTo(end);

    Rotation current = removing.next(DAILY, proven, end.plusSeconds(30));
    assertThat(current.oldAcceptedUntil(DAILY)).isEqualTo(end.plusSeconds(30));
    assertThat(current.rotatedAt()).isEqualTo(START.plusSeconds(60));
  }

  @ParameterizedTest
  @EnumSource
  void isReadAsItWasWritten(Step step) {
    Rotation rotation =
        new Rotation(step, START, START.minusSeconds(7), START.minusSeconds(9), "now, please");

    assertThat(Rotation.read(rotation.annotations(), Map.of(), Instant.EPOCH)).isEqualTo(rotation);
  }

  @Test
  void isAsOldAsItsSecretIfNothingSaysOtherwise() {
    assertThat(Rotation.read(Map.of(), Map.of("default", "a"), START))
        .isEqualTo(new Rotation(Step.CURRENT, START, START, null, ""));
    assertThat(
            Rotation.read(
                    Map.of(
                        "toolhive.stacklok.dev/rotation-step", "Nonsense",
                        "toolhive.stacklok.dev/rotation-since", "yesterday"),
                    Map.of("default", "a"),
                    START)
                .since())
        .isEqualTo(START);
  }

  /** Somebody took the annotations away. */
  @ParameterizedTest
  @CsvSource({"default.next, ADDING", "default.previous, SWITCHING"})
  void leavesNoStepOutIfOnlyTheDataTellsWhereItIs(String key, Step step) {
    assertThat(Rotation.read(Map.of(), Map.of("default", "a", key, "b"), START).step())
        .isEqualTo(step);
  }

  /** Whoever has not yet seen the latest change can still log in, and nobody is let in longer. */
  @Test
  void everyPasswordIsUsedOnlyWhileItIsAccepted() {
    Map<String, String> data = Map.of("default", "old", "probe", "p");
    Rotation rotation = new Rotation(Step.CURRENT, START, START, null, "");
    Situation proven = new Situation(false, false, true, true);
    Instant now = START.plus(Duration.ofDays(1));
    String before = "old";
    List<String> used = new ArrayList<>();
    for (int i = 0; i < 5; i++) {
      Rotation next = rotation.next(DAILY, proven, now);
      data = Passwords.at(next, data, List.of("default", "probe"), i == 0, new Random(1));
      String current = data.getOrDefault("default", "");
      List<String> accepted =
          next.step().acceptsOld() ? Passwords.of(data, "default") : List.of(current);

      assertThat(accepted).as("%s", next.step()).contains(current);
      if (next.step() != Step.REMOVING && next.step() != Step.CURRENT) {
        assertThat(accepted).as("%s", next.step()).contains(before);
      }
      assertThat(data.containsKey(Passwords.MARK)).isEqualTo(next.step().isProven());
      used.add(next.step() + " " + (current.equals("old") ? "old" : "new"));
      before = current;
      rotation = next;
      now = now.plus(DAILY.overlap());
    }

    assertThat(used)
        .containsExactly(
            "ADDING old", "SWITCHING new", "OVERLAP new", "REMOVING new", "CURRENT new");
    assertThat(data).containsOnlyKeys("default", "probe");
  }

  private static RotationPolicy asked(@Nullable String value) {
    return new RotationPolicy(null, Duration.ofHours(1), value);
  }
}
