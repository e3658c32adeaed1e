package io.sessionstorage.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sessionstorage.testing.Requirement;
import java.lang.reflect.AnnotatedElement;
import java.util.List;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;
import picocli.CommandLine;
import picocli.CommandLine.Model.OptionSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;

class ProviderCommandTest {
  private final CommandLine command = new CommandLine(new ProviderCommand());

  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          -d, --debug,                      DEBUG,                      false
          -l, --leader-election,            LEADER_ELECTION,            false
          -s, --sync,                       SYNC,                       1h
          '', --poll,                       POLL,                       1m
          '', --poll-state-metric,          POLL_STATE_METRIC,          5s
          '', --max-reconcile-rate,         MAX_RECONCILE_RATE,         100
          '', --enable-management-policies, ENABLE_MANAGEMENT_POLICIES, true
          """)
  @Requirement(
      "Provider template: its flags, each with its environment variable and its default. Not followed: --max-reconcile-rate is 100 instead of 10, and there are no change logs, which are alpha")
  void hasTheFlagsOfTheTemplate(String letter, String flag, String variable, String usual) {
    OptionSpec option = command.getCommandSpec().findOption(flag);

    assertThat(option).isNotNull();
    assertThat(List.of(option.names())).containsAll(letter.isEmpty() ? List.of() : List.of(letter));
    assertThat(((AnnotatedElement) option.userObject()).getAnnotation(Option.class).defaultValue())
        .isEqualTo("${env:%s:-%s}", variable, usual);
  }

  @Test
  void takesFlagsAsGoProgramsDo() {
    command.parseArgs(
        "--debug",
        "--leader-election",
        "--sync=30m",
        "--poll",
        "10m",
        "--max-reconcile-rate=5",
        "--no-enable-management-policies");
  }

  @ParameterizedTest
  @ValueSource(strings = {"--poll=often", "--max-reconcile-rate=many", "--unheard-of"})
  void refusesNonsense(String flag) {
    assertThatThrownBy(() -> command.parseArgs(flag)).isInstanceOf(ParameterException.class);
  }
}
