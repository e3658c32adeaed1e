package io.sessionstorage.testing;

import static org.assertj.core.api.Assertions.assertThat;

import java.io.IOException;
import java.util.List;
import java.util.concurrent.TimeUnit;
import java.util.stream.LongStream;
import java.util.stream.Stream;

/** Signals to processes, which Java itself can only end. */
public final class Signals {
  private Signals() {}

  /**
   * Sends one to each; a process that has ended meanwhile is none of the caller's concern.
   *
   * @param name without SIG
   */
  public static void send(String name, long... pids) throws IOException, InterruptedException {
    List<String> command =
        Stream.concat(Stream.of("kill", "-" + name), LongStream.of(pids).mapToObj(Long::toString))
            .toList();
    Process kill = new ProcessBuilder(command).start();
    assertThat(kill.waitFor(10, TimeUnit.SECONDS)).isTrue();
  }
}
