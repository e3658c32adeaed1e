package io.sessionstorage.scripts;

import static org.awaitility.Awaitility.await;

import java.io.IOException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.nio.file.StandardCopyOption;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.assertj.core.api.Assertions;
import org.assertj.core.api.ListAssert;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

/** names.sh with a name server whose answers are files; a name without one is not known to it. */
class NamesTest {
  private static final String OWN = "10.0.0.1 shared-0.nodes shared-0";
  private static final String FIRST = "shared-1.nodes";
  private static final String SECOND = "shared-2.nodes";
  private static final String SILENCE = "silence";

  @TempDir Path root;
  private @Nullable Process script;

  @AfterEach
  void stop() {
    if (script != null) {
      script.destroyForcibly().onExit().join();
      // What it had begun ends by itself, and writes until then.
      await().until(() -> ProcessHandle.allProcesses().noneMatch(this::isOfThisTest));
    }
  }

  private boolean isOfThisTest(ProcessHandle process) {
    return process.info().commandLine().orElse("").contains(root.toString());
  }

  @ParameterizedTest
  @EnumSource
  void hasAPlaceForEveryNameBeforeTheNameServerKnowsIt(Shell shell) throws IOException {
    start(shell);

    awaitFile(OWN, "239.0.0.1 " + FIRST, "239.0.0.2 " + SECOND);
  }

  @ParameterizedTest
  @EnumSource
  void followsAPodThatIsMadeAgain(Shell shell) throws IOException {
    startWithBothKnown(shell);

    answer(FIRST, "10.0.1.2");

    awaitFile(OWN, "10.0.1.2 " + FIRST, "10.0.2.1 " + SECOND);
  }

  @ParameterizedTest
  @EnumSource
  void sendsNobodyToAPodThatIsGone(Shell shell) throws IOException {
    startWithBothKnown(shell);

    Files.delete(root.resolve("answers").resolve(FIRST));

    awaitFile(OWN, "239.0.0.1 " + FIRST, "10.0.2.1 " + SECOND);
  }

  /** The name server knows it not twice in a row, then again, and so on. */
  @ParameterizedTest
  @EnumSource
  void doesNotBelieveAtOnceThatAPodIsGone(Shell shell) throws IOException {
    startWithBothKnown(shell);
    String before = log();

    answer(FIRST, "twice-not 10.0.1.1");
    long asked = asked();
    await().until(() -> asked() > asked + 24);

    assertFile(OWN, "10.0.1.1 " + FIRST, "10.0.2.1 " + SECOND);
    Assertions.assertThat(log()).isEqualTo(before);
  }

  @ParameterizedTest
  @EnumSource
  void keepsWhatItKnowsWhenTheNameServerIsSilentOrKnowsNothing(Shell shell) throws IOException {
    startWithBothKnown(shell);

    answer(FIRST, SILENCE);
    answer(SECOND, "10.0.2.2");
    awaitFile(OWN, "10.0.1.1 " + FIRST, "10.0.2.2 " + SECOND);
    Files.delete(root.resolve("answers").resolve(SECOND));
    long asked = asked();
    await().until(() -> asked() > asked + 4);

    assertFile(OWN, "10.0.1.1 " + FIRST, "10.0.2.2 " + SECOND);
  }

  @ParameterizedTest
  @EnumSource
  void knowsThemStillWhenItStartsAgain(Shell shell) throws IOException {
    startWithBothKnown(shell);
    stop();
    answer(FIRST, SILENCE);
    answer(SECOND, SILENCE);
    Files.delete(root.resolve("asked"));

    launch();
    await().until(() -> asked() > 1);

    assertFile(OWN, "10.0.1.1 " + FIRST, "10.0.2.1 " + SECOND);
  }

  private void startWithBothKnown(Shell shell) throws IOException {
    start(shell);
    answer(FIRST, "10.0.1.1");
    answer(SECOND, "10.0.2.1");
    awaitFile(OWN, "10.0.1.1 " + FIRST, "10.0.2.1 " + SECOND);
  }

  private void start(Shell shell) throws IOException {
    shell.install(root.resolve("bin"));
    for (String directory : List.of("etc", "run/valkey", "answers")) {
      Files.createDirectories(root.resolve(directory));
    }
    Files.writeString(root.resolve("etc/hosts"), OWN + "\n");
    Shell.replace(
        root.resolve("bin/getent"),
        """
        #!%1$s/bin/sh
        echo "$2" >>%1$s/asked
        [ -e "%1$s/answers/$2" ] || exit 2
        read -r address other <"%1$s/answers/$2"
        case $address in
          silence) exec sleep 60 ;;
          twice-not)
            echo >>%1$s/doubted
            while read -r _; do doubts=$((doubts + 1)); done <%1$s/doubted
            [ $((doubts %% 3)) = 0 ] || exit 2
            address=$other
            ;;
        esac
        echo "$address      $2"
        """
            .formatted(root));
    launch();
  }

  private void launch() throws IOException {
    ProcessBuilder builder =
        new ProcessBuilder(
            root.resolve("bin/sh").toString(),
            Path.of("src/main/resources/scripts/names.sh").toAbsolutePath().toString());
    builder.environment().clear();
    builder
        .environment()
        .putAll(
            Map.of(
                "PATH",
                root.resolve("bin").toString(),
                "ROOT",
                root.toString(),
                "POD",
                "shared-0",
                "NODES",
                "shared-0.nodes " + FIRST + " " + SECOND,
                "NAMES_SECONDS",
                "0.1"));
    script = builder.redirectErrorStream(true).redirectOutput(root.resolve("log").toFile()).start();
  }

  private void answer(String name, String address) throws IOException {
    Path next = Files.writeString(root.resolve("next"), address + "\n");
    Files.move(next, root.resolve("answers").resolve(name), StandardCopyOption.ATOMIC_MOVE);
  }

  private long asked() throws IOException {
    Path asked = root.resolve("asked");
    return Files.exists(asked) ? Files.readAllLines(asked).size() : 0;
  }

  private String log() throws IOException {
    return Files.readString(root.resolve("log"));
  }

  private void awaitFile(String... lines) {
    await().atMost(Duration.ofSeconds(20)).untilAsserted(() -> assertFile(lines));
  }

  private ListAssert<String> assertFile(String... lines) throws IOException {
    return Assertions.assertThat(Files.readAllLines(root.resolve("run/valkey/hosts")))
        .as(log())
        .containsExactly(lines);
  }
}
