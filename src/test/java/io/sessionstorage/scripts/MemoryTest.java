package io.sessionstorage.scripts;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionstorage.compose.plan.User;
import java.nio.file.Files;
import java.nio.file.Path;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

class MemoryTest {
  private static final int LIMIT_KIB = 256 << 10;

  @TempDir Path root;

  /** 192 MiB of maxmemory, as small has it, under three times as much data. */
  @Test
  void evictsAndStaysWithinThePodsLimit() throws Exception {
    try (RealValkey valkey = RealValkey.start(root, Shell.DASH, false);
        Client client = valkey.connect(User.DEFAULT);
        Client operator = valkey.connect(User.OPERATOR)) {
      Random random = new Random(1);
      for (long sent = 0, n = 0; sent < 600L << 20; n++) {
        String session = "x".repeat(random.nextInt(10 << 10, 50 << 10));
        assertThat(client.call("SET", "thv:" + n, session, "EX", "7200")).isEqualTo("OK");
        sent += session.length();
      }

      assertThat(operator.call("INFO", "stats")).containsPattern("evicted_keys:[1-9]");
      assertThat(peakKib(valkey.pid())).isBetween(LIMIT_KIB / 2, LIMIT_KIB * 9 / 10);
    }
  }

  private static int peakKib(long pid) throws Exception {
    return Files.readAllLines(Path.of("/proc/" + pid + "/status")).stream()
        .filter(line -> line.startsWith("VmHWM:"))
        .map(line -> Integer.parseInt(line.replaceAll("\\D", "")))
        .findFirst()
        .orElseThrow();
  }
}
