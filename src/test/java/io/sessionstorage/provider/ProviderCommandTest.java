package io.sessionstorage.provider;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.ArrayNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sessionstorage.testing.Requirement;
import io.sessionstorage.testing.Yaml;
import java.io.IOException;
import java.lang.reflect.AnnotatedElement;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.List;
import java.util.stream.Stream;
import java.util.stream.StreamSupport;
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
          '', --enable-changelogs,          ENABLE_CHANGE_LOGS,         ${env:ENABLE_CHANGELOGS:-false}
          '', --changelogs-socket-path,     CHANGELOGS_SOCKET_PATH,     /var/run/changelogs/changelogs.sock
          """)
  @Requirement(
      "Provider template: its flags, each with its environment variable and its default. Not followed: --max-reconcile-rate is 100 instead of 10")
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
        "--no-enable-management-policies",
        "--enable-changelogs",
        "--changelogs-socket-path=/tmp/changelogs.sock");
  }

  /** It is the usual one, with a sidecar. */
  @Test
  void theGuideEnablesChangeLogs() throws IOException {
    String guide = Files.readString(Path.of("docs/install.md"));
    String yaml =
        Stream.of(guide.split("```"))
            .filter(block -> block.startsWith("yaml\n") && block.contains("changelogs-sidecar"))
            .findFirst()
            .orElseThrow();
    JsonNode config = Yaml.MAPPER.readTree(yaml.substring("yaml\n".length()));
    ObjectNode pod = (ObjectNode) config.at("/spec/deploymentTemplate/spec/template/spec");
    ArrayNode containers = (ArrayNode) pod.get("containers");
    ObjectNode provider = (ObjectNode) containers.get(0);

    command.parseArgs(
        StreamSupport.stream(provider.get("args").spliterator(), false)
            .map(JsonNode::asText)
            .toArray(String[]::new));
    assertThat(provider.get("volumeMounts")).isEqualTo(containers.get(1).get("volumeMounts"));

    containers.remove(1);
    provider.remove(List.of("args", "volumeMounts"));
    pod.remove("volumes");
    assertThat(config.get("spec"))
        .isEqualTo(Yaml.read(Path.of("package/rbac/provider.yaml")).getFirst().get("spec"));
  }

  @ParameterizedTest
  @ValueSource(strings = {"--poll=often", "--max-reconcile-rate=many", "--unheard-of"})
  void refusesNonsense(String flag) {
    assertThatThrownBy(() -> command.parseArgs(flag)).isInstanceOf(ParameterException.class);
  }
}
