package io.sessionstorage.scripts;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.sessionstorage.compose.plan.User;
import io.sessionstorage.compose.plan.ValkeyConf;
import io.sessionstorage.testing.Needs;
import io.sessionstorage.testing.Programs;
import io.sessionstorage.testing.Signals;
import java.io.IOException;
import java.io.RandomAccessFile;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.MessageDigest;
import java.time.Duration;
import java.time.Instant;
import java.time.temporal.ChronoUnit;
import java.util.Base64;
import java.util.HexFormat;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Random;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;
import org.junit.jupiter.api.AfterEach;
import org.junit.jupiter.api.BeforeAll;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.EnumSource;
import org.junit.jupiter.params.provider.ValueSource;

/** Backup, drill and restore with a real Valkey and a real restic, in a directory. */
@Needs({"busybox", "restic", "valkey-server"})
@Execution(ExecutionMode.CONCURRENT)
class BackupScriptsTest {
  private static final int KEYS = 50;

  private Shell shell = Shell.BUSYBOX;

  @SuppressWarnings("NullAway.Init")
  private RealValkey valkey;

  @SuppressWarnings("NullAway.Init")
  private BackupFiles files;

  @TempDir private Path root;

  /** Making one takes as long as a backup. */
  @TempDir private static Path repository;

  @BeforeAll
  static void makeRepository() throws Exception {
    Path directory = repository.resolve("maker");
    try (BackupFiles maker = new BackupFiles(directory, Shell.BUSYBOX)) {
      maker.restic("init");
    }
  }

  /** Most tests need one shell: what differs between them is the same for every script. */
  @BeforeEach
  void start() throws Exception {
    start(Shell.BUSYBOX);
  }

  private void start(Shell shell) throws Exception {
    this.shell = shell;
    Path root = this.root.resolve(shell.name());
    valkey = RealValkey.start(root.resolve("store"), shell, false);
    files = BackupFiles.of(valkey, root.resolve("backup"), shell);
    files.adopt(repository.resolve("maker/repository"));
    try (Client client = valkey.connect(User.DEFAULT)) {
      for (int i = 0; i < KEYS; i++) {
        client.call("SET", "thv:" + i, "value " + i, "EX", Integer.toString(1000 + i));
      }
      client.call("SET", "thv:for-ever", "1");
    }
  }

  @AfterEach
  void stop() throws Exception {
    valkey.close();
    files.close();
  }

  @ParameterizedTest
  @EnumSource(Shell.class)
  void storesProvesAndRestoresEveryKey(Shell image) throws Exception {
    if (image != shell) {
      stop();
      start(image);
    }
    files.set("RESTIC_REPOSITORY", files.path("new").toString());
    JsonNode stored = files.backUp();
    assertThat(stored.path("reason").asText()).isEqualTo("Stored");
    assertThat(stored.path("keys").asInt()).isEqualTo(KEYS + 1);
    assertThat(stored.path("made").asBoolean()).isTrue();
    assertThat(stored.path("role").asText()).isEqualTo("primary");

    files.fetch();
    JsonNode proven = files.succeeds("backup-drill");
    assertThat(proven.path("reason").asText()).isEqualTo("Proven");
    assertThat(proven.path("snapshot")).isEqualTo(stored.path("snapshot"));
    assertThat(proven.path("keys").asInt()).isEqualTo(KEYS + 1);

    JsonNode restored = files.restore();
    assertThat(restored.path("reason").asText()).isEqualTo("Restored");
    assertThat(restored.path("keys").asInt()).isEqualTo(KEYS + 1);
    try (RealValkey copy = restored();
        Client client = copy.connect(User.DEFAULT)) {
      for (int i = 0; i < KEYS; i++) {
        assertThat(client.call("GET", "thv:" + i)).isEqualTo("value " + i);
        // Each would change a time to live that is more than 60 s away.
        assertThat(client.call("EXPIRE", "thv:" + i, Integer.toString(1000 + i - 60), "GT"))
            .isEqualTo("0");
        assertThat(client.call("EXPIRE", "thv:" + i, Integer.toString(1000 + i + 1), "LT"))
            .isEqualTo("0");
      }
      assertThat(client.call("GET", "thv:for-ever")).isEqualTo("1");
    }
  }

  @Test
  void aKeyWhoseTimeHasRunOutDoesNotComeBack() throws Exception {
    try (Client client = valkey.connect(User.DEFAULT)) {
      client.call("SET", "thv:brief", "1", "PX", "8000");
    }
    Instant end = Instant.now().plus(8100, ChronoUnit.MILLIS);
    assertThat(files.backUp().path("keys").asInt()).isEqualTo(KEYS + 2);
    await().atMost(Duration.ofSeconds(20)).until(() -> Instant.now().isAfter(end));

    files.fetch();
    // The drill counts what was stored.
    assertThat(files.succeeds("backup-drill").path("keys").asInt()).isEqualTo(KEYS + 2);
    files.restore();
    try (RealValkey copy = restored();
        Client client = copy.connect(User.DEFAULT)) {
      assertThat(client.call("GET", "thv:brief")).isEqualTo("(nil)");
      assertThat(client.call("GET", "thv:0")).isEqualTo("value 0");
    }
  }

  @Test
  void anEmptyStoreIsBackedUpToo() throws Exception {
    try (Client client = valkey.connect(User.DEFAULT)) {
      for (int i = 0; i < KEYS; i++) {
        client.call("DEL", "thv:" + i);
      }
      client.call("DEL", "thv:for-ever");
    }
    files.backUp();
    JsonNode stored = files.set("KEEP", "--keep-last 1").backUp();
    assertThat(stored.path("keys").asInt()).isZero();
    assertThat(stored.path("warning").asText()).contains("no older backup was removed");
    assertThat(files.snapshots()).isEqualTo(2);
    files.fetch();
    assertThat(files.succeeds("backup-drill").path("keys").asInt()).isZero();
    assertThat(files.restore().path("keys").asInt()).isZero();
  }

  @Test
  void findsSnapshotsByTimeAndIdWhateverTheTimeZone() throws Exception {
    files.set("TZ", "Pacific/Auckland");
    JsonNode first = files.backUp();
    String between = Instant.now().truncatedTo(ChronoUnit.SECONDS).toString();
    await()
        .until(() -> Instant.now().truncatedTo(ChronoUnit.SECONDS).isAfter(Instant.parse(between)));
    JsonNode second = files.backUp();

    assertThat(fetched("latest")).isEqualTo(second.path("snapshot").asText());
    assertThat(fetched("before:" + between)).isEqualTo(first.path("snapshot").asText());
    assertThat(fetched(first.path("snapshot").asText())).isEqualTo(first.path("snapshot").asText());
    files.set("SNAPSHOT", "before:2020-01-01T00:00:00Z");
    JsonNode none = files.ends("backup-fetch", 3);
    assertThat(none.path("reason").asText()).isEqualTo("SnapshotMissing");
    assertThat(none.path("message").asText()).contains(second.path("snapshot").asText());
    files.set("SNAPSHOT", "latest").set("SOURCE", "team-b/other");
    assertThat(files.ends("backup-fetch", 3).path("reason").asText()).isEqualTo("SnapshotMissing");
  }

  private String fetched(String snapshot) throws IOException, InterruptedException {
    return files.set("SNAPSHOT", snapshot).succeeds("backup-fetch").path("snapshot").asText();
  }

  @Test
  void keepsWhatItIsToldTo() throws Exception {
    files.backUp();
    files.backUp();
    files.backUp();
    assertThat(files.snapshots()).isEqualTo(3);

    files.set("KEEP", "--keep-last 2").backUp();

    assertThat(files.snapshots()).isEqualTo(2);
    files.set("VERIFY", "repository").backUp();
    assertThat(files.snapshots()).isEqualTo(2);
  }

  @Test
  void removesNothingOfOthersInTheSameRepository() throws Exception {
    files.set("SOURCE", "team-b/other").backUp();

    files.set("SOURCE", "team-a/shared").set("KEEP", "--keep-last 1");
    files.backUp();
    files.backUp();

    assertThat(files.snapshots()).isEqualTo(2);
  }

  @Test
  void neverTouchesADirectoryThatHoldsData() throws Exception {
    files.backUp();
    files.write("data/appendonlydir/appendonly.aof.1.incr.aof", "precious");

    files.fetchOntoTheVolume();
    JsonNode kept = files.ends("restore", 0);

    assertThat(kept.path("reason").asText()).isEqualTo("NotEmpty");
    assertThat(kept.path("message").asText()).contains("appendonlydir");
    assertThat(tree("data"))
        .containsExactly("appendonlydir", "appendonlydir/appendonly.aof.1.incr.aof");
    assertThat(files.path("data/appendonlydir/appendonly.aof.1.incr.aof")).hasContent("precious");
  }

  @Test
  void goesOnWhereAKilledRestoreEnded() throws Exception {
    files.backUp();
    files.write("data/restoring/dump.rdb", "half");
    files.write("data/lost+found/x", "");
    assertThat(files.restore().path("reason").asText()).isEqualTo("Restored");

    // Killed after its work and before its report: the same again.
    assertThat(files.restore().path("reason").asText()).isEqualTo("Restored");
    restored().close();
  }

  @ParameterizedTest
  @CsvSource({
    "backup-fetch, restic, restore, DURING",
    "backup-fetch, mv, '', AFTER",
    "restore, valkey-check-rdb, '', AFTER",
    "restore, mv, '', AFTER",
    "restore, cp, '', AFTER",
    "restore, sync, '', BEFORE",
    "restore, mv, appendonlydir, BEFORE",
    "restore, mv, appendonlydir, AFTER",
    "restore, rm, restoring, AFTER"
  })
  void theNextTryRestoresWhatAKilledOneLeft(
      String script, String program, String word, BackupFiles.Moment moment) throws Exception {
    files.backUp();
    if (script.equals("restore")) {
      files.fetchOntoTheVolume();
    }
    files.set("INTO", "/data/restoring").kill(script, program, word, moment);

    JsonNode restored = files.restore();

    assertThat(restored.path("reason").asText()).isEqualTo("Restored");
    assertThat(restored.path("keys").asInt()).isEqualTo(KEYS + 1);
    try (RealValkey copy = restored();
        Client client = copy.connect(User.DEFAULT)) {
      assertThat(client.call("GET", "thv:0")).isEqualTo("value 0");
    }
  }

  @ParameterizedTest
  @ValueSource(ints = {20, 100, 1000, -1})
  void theCheckCatchesFlippedBytes(int offset) throws Exception {
    files.backUp();
    files.fetch();
    flip(files.path("work/dump.rdb"), offset);

    JsonNode caught = files.ends("backup-drill", 3);

    assertThat(caught.path("reason").asText()).isEqualTo("SnapshotDamaged");
    files.fetchOntoTheVolume();
    flip(files.path("data/restoring/dump.rdb"), offset);
    assertThat(files.ends("restore", 3).path("reason").asText()).isEqualTo("SnapshotDamaged");
    assertThat(files.path("data/appendonlydir")).doesNotExist();
  }

  /** Zeroes are what a server writes whose {@code rdbchecksum} is off. */
  @Test
  void theManifestsSumCountsWhereThereIsNoChecksum() throws Exception {
    files.backUp();
    files.fetch();
    Path dump = files.path("work/dump.rdb");
    try (RandomAccessFile access = new RandomAccessFile(dump.toFile(), "rw")) {
      access.seek(access.length() - 8);
      access.write(new byte[8]);
    }
    assertThat(files.ends("backup-drill", 3).path("message").asText())
        .isEqualTo("dump.rdb is not the file that was stored");

    String sum =
        HexFormat.of()
            .formatHex(MessageDigest.getInstance("SHA-256").digest(Files.readAllBytes(dump)));
    String manifest = Files.readString(files.path("work/manifest.json"));
    files.write(
        "work/manifest.json",
        manifest.replaceAll("\"sha256\":\"[0-9a-f]+\"", "\"sha256\":\"" + sum + "\""));
    assertThat(files.succeeds("backup-drill").path("keys").asInt()).isEqualTo(KEYS + 1);
  }

  @Test
  void theCheckCatchesAWrongManifest() throws Exception {
    files.backUp();
    files.fetch();
    String manifest = Files.readString(files.path("work/manifest.json"));
    files.write("work/manifest.json", manifest.replace("\"expires\":" + KEYS, "\"expires\":7"));

    assertThat(files.ends("backup-drill", 3).path("message").asText()).contains("expires=7");
  }

  @Test
  void theDrillCatchesADamagedRepository() throws Exception {
    files.backUp();
    Path pack = largest(files.path("repository/data"));
    assertThat(pack.toFile().setWritable(true)).isTrue();
    flip(pack, (int) (Files.size(pack) / 3));

    JsonNode caught = files.ends("backup-fetch", 3);

    assertThat(caught.path("reason").asText()).isEqualTo("RepositoryDamaged");
  }

  @Test
  void aRunThatFindsDamageRemovesNothing() throws Exception {
    files.backUp();
    files.backUp();
    Path pack = largest(files.path("repository/data"));
    assertThat(pack.toFile().setWritable(true)).isTrue();
    flip(pack, (int) (Files.size(pack) / 3));
    files.set("VERIFY", "repository").set("KEEP", "--keep-last 1").succeeds("backup-dump");

    assertThat(files.ends("backup-store", 3).path("reason").asText())
        .isEqualTo("RepositoryDamaged");

    assertThat(files.snapshots()).isEqualTo(3);
  }

  @Test
  void refusesWhatANewerValkeyWrote() throws Exception {
    files.backUp();
    files.fetchOntoTheVolume();
    String manifest = Files.readString(files.path("work/manifest.json"));
    files.write(
        "work/manifest.json",
        manifest.replaceAll("\"valkey\":\"[0-9.]+\"", "\"valkey\":\"99.10.1\""));

    JsonNode refused = files.ends("restore", 3);

    assertThat(refused.path("reason").asText()).isEqualTo("NewerVersion");
    assertThat(refused.path("message").asText()).contains("set spec.version to 99.10");
    assertThat(files.path("data/appendonlydir")).doesNotExist();
  }

  @Test
  void refusesAStoreThatIsTooSmall() throws Exception {
    files.backUp();
    files.fetchOntoTheVolume();

    JsonNode refused = files.set("MAXMEMORY", "1000").ends("restore", 3);

    assertThat(refused.path("reason").asText()).isEqualTo("TooLittleMemory");
    assertThat(files.path("data/appendonlydir")).doesNotExist();
  }

  @Test
  void aWrongPasswordIsRefusedAndMakesNoSecondRepository() throws Exception {
    files.backUp();
    files.password("another");
    files.succeeds("backup-dump");

    assertThat(files.ends("backup-store", 3).path("reason").asText()).isEqualTo("WrongPassword");
    assertThat(files.ends("backup-fetch", 3).path("reason").asText()).isEqualTo("WrongPassword");
  }

  @Test
  void waitsForAStoreAndSaysWhyItCannotBeRead() throws Exception {
    files.write("secrets/backup", "wrong");
    JsonNode refused = files.ends("backup-dump", 1);
    assertThat(refused.path("reason").asText()).isEqualTo("StoreUnreachable");
    assertThat(refused.path("message").asText()).contains("WRONGPASS");

    files.write("secrets/backup", RealValkey.password(User.BACKUP));
    valkey.end("KILL");
    assertThat(files.ends("backup-dump", 1).path("message").asText()).contains("no answer");
  }

  @ParameterizedTest
  @CsvSource({
    "backup-dump, valkey-cli, --rdb, DURING",
    "backup-dump, valkey-check-rdb, '', AFTER",
    "backup-store, restic, init, BEFORE",
    "backup-store, restic, init, AFTER",
    "backup-store, restic, unlock, AFTER",
    "backup-store, restic, backup, DURING",
    "backup-store, restic, backup, AFTER",
    "backup-store, restic, dump, DURING",
    "backup-store, restic, forget, DURING",
    "backup-store, restic, forget, AFTER"
  })
  void theNextRunHealsWhatAKilledOneLeft(
      String script, String program, String word, BackupFiles.Moment moment) throws Exception {
    files.set("KEEP", "--keep-last 5");
    if (word.equals("init")) {
      files.set("RESTIC_REPOSITORY", files.path("new").toString());
    } else {
      files.backUp();
    }
    if (script.equals("backup-store")) {
      files.succeeds("backup-dump");
    }
    files.kill(script, program, word, moment);

    JsonNode stored = files.backUp();

    assertThat(stored.path("reason").asText()).isEqualTo("Stored");
    assertThat(stored.path("warning").asText()).isEmpty();
    assertThat(files.snapshots()).isBetween(1, 3);
    files.restic("check", "--read-data");
    files.fetch();
    assertThat(files.succeeds("backup-drill").path("keys").asInt()).isEqualTo(KEYS + 1);
  }

  @Test
  void aLockedRepositoryIsLeftAloneUntilWhoLockedItIsDead() throws Exception {
    files.backUp();
    Process other = stoppedWhileItHoldsTheLock();
    try {
      files.succeeds("backup-dump");
      JsonNode refused = files.ends("backup-store", 1);
      assertThat(refused.path("reason").asText()).isEqualTo("Locked");
      assertThat(refused.path("message").asText()).contains("locked");
      assertThat(files.snapshots()).isEqualTo(1);
    } finally {
      other.destroyForcibly().onExit().join();
    }

    files.backUp();
    assertThat(files.snapshots()).isEqualTo(2);
  }

  private Process stoppedWhileItHoldsTheLock() {
    return await()
        .atMost(Duration.ofMinutes(1))
        .until(this::stoppedCheck, Optional::isPresent)
        .orElseThrow();
  }

  /** Empty if the check of so small a repository had let go of its lock when it stopped. */
  private Optional<Process> stoppedCheck() throws Exception {
    Process check = files.begin("check", "--read-data");
    await().pollInterval(Duration.ofMillis(5)).until(() -> !locks().isEmpty() || !check.isAlive());
    Signals.send("STOP", check.pid());
    await()
        .ignoreExceptionsInstanceOf(IOException.class) // a thread that ended in between
        .until(() -> !check.isAlive() || allThreadsStopped(check));
    if (locks().isEmpty()) {
      check.destroyForcibly().onExit().join();
      return Optional.empty();
    }
    return Optional.of(check);
  }

  /** Without those that are being written, under another name until they are whole. */
  private List<Path> locks() throws IOException {
    try (Stream<Path> all = Files.list(files.path("repository/locks"))) {
      return all.filter(lock -> lock.getFileName().toString().matches("[0-9a-f]{64}")).toList();
    }
  }

  /** A signal has been sent when kill ends, but each thread goes on until it meets it. */
  private static boolean allThreadsStopped(Process process) throws IOException {
    Path threads = Path.of("/proc", Long.toString(process.pid()), "task");
    try (Stream<Path> all = Files.list(threads)) {
      for (Path thread : all.toList()) {
        String stat = Files.readString(thread.resolve("stat"));
        if (stat.charAt(stat.lastIndexOf(')') + 2) != 'T') {
          return false;
        }
      }
    }
    return true;
  }

  @Test
  void aFullVolumeFailsTheRunAndALargerOneHealsIt() throws Exception {
    fillWithThreeMegabytes();
    files.succeeds("backup-dump");

    Process process =
        onSmallVolume(
            "repository",
            """
            sh "$0"
            mv "$MESSAGE" "$MESSAGE.full"
            restic --no-cache snapshots --json --password-file "$ROOT/repository-password/password" >"$ROOT/left"
            small remount,size=64m
            exec sh "$0"
            """,
            "backup-store");

    assertThat(process.waitFor()).as(Files.readString(files.path("small.out"))).isZero();
    JsonNode failed = files.message("message.full");
    assertThat(failed.path("reason").asText()).isEqualTo("TargetFull");
    assertThat(failed.path("message").asText()).contains("no space left on device");
    assertThat(files.path("left")).content().isEqualToIgnoringWhitespace("[]");
    assertThat(files.message("message").path("reason").asText()).isEqualTo("Stored");
  }

  @Test
  void saysThatThePodsOwnDirectoryIsFull() throws Exception {
    fillWithThreeMegabytes();

    Process process = onSmallVolume("work", "exec sh \"$0\"", "backup-dump");

    assertThat(process.waitFor()).as(Files.readString(files.path("small.out"))).isEqualTo(3);
    assertThat(files.message("message").path("reason").asText()).isEqualTo("WorkFull");
  }

  @Test
  void aRestoreIntoAVolumeThatIsTooSmallFailsAndALargerOneHealsIt() throws Exception {
    fillWithThreeMegabytes();
    files.backUp();
    files.set("INTO", "/data/restoring");

    Process process =
        onSmallVolume(
            "data",
            """
            sh "$0"
            mv "$MESSAGE" "$MESSAGE.full"
            small remount,size=64m
            sh "$0" && exec sh "${0%/*}/restore.sh"
            """,
            "backup-fetch");

    assertThat(process.waitFor()).as(Files.readString(files.path("small.out"))).isZero();
    assertThat(files.message("message.full").path("reason").asText()).isEqualTo("VolumeFull");
    JsonNode restored = files.message("message");
    assertThat(restored.path("reason").asText()).isEqualTo("Restored");
    assertThat(restored.path("keys").asInt()).isEqualTo(KEYS + 41);
  }

  private void fillWithThreeMegabytes() throws IOException {
    try (Client client = valkey.connect(User.DEFAULT)) {
      Random random = new Random(1);
      for (int i = 0; i < 40; i++) {
        byte[] value = new byte[75_000];
        random.nextBytes(value);
        client.call("SET", "thv:large" + i, Base64.getEncoder().encodeToString(value));
      }
    }
  }

  /**
   * Runs commands with an empty volume of 2 MB at {@code directory}; {@code $0} is the script's
   * file.
   */
  private Process onSmallVolume(String directory, String commands, String script) throws Exception {
    String unshare = Programs.require("unshare").toString();
    Programs.requirePermission(
        new ProcessBuilder(unshare, "-Urm", "true").start().waitFor() == 0,
        "this user gets no mount namespace",
        "run as root, or sysctl kernel.unprivileged_userns_clone=1");
    return files.spawn(
        "small",
        unshare,
        "-Urm",
        Programs.require("sh").toString(),
        "-c",
        "small() { %s -t tmpfs -o \"$1\" tmpfs \"$ROOT/%s\"; }\nsmall size=2m || exit\n%s"
            .formatted(Programs.require("mount"), directory, commands),
        BackupFiles.script(script));
  }

  @Test
  void aPasswordThatIsRotatedWhileARunWaitsIsUsedAtItsNextTry() throws Exception {
    files.set("TRIES", "600").set("WAIT_SECONDS", "0.1");
    valkey.mount("acl", Map.of("users.acl", RealValkey.users(Map.of(User.BACKUP, "rotated"))));
    try (Client operator = valkey.connect(User.OPERATOR)) {
      assertThat(operator.call("ACL", "LOAD")).isEqualTo("OK");
    }
    Process process = files.spawn("backup-dump");
    assertThat(process.waitFor(1, TimeUnit.SECONDS)).isFalse();

    files.write("secrets/backup", "rotated");

    assertThat(process.waitFor()).isZero();
    assertThat(files.succeeds("backup-store").path("keys").asInt()).isEqualTo(KEYS + 1);
  }

  /** It would be the newest one for years, and retention would remove every other. */
  @Test
  void aSnapshotOfAClockThatWasWrongCostsNoOther() throws Exception {
    files.backUp();
    files.restic(
        "backup",
        "--host",
        "team-a/shared",
        "--time",
        "2099-01-01 00:00:00",
        files.path("work/manifest.json").toString());

    JsonNode stored = files.set("KEEP", "--keep-last 1").backUp();

    assertThat(stored.path("warning").asText())
        .contains("of 2099-01-01T00:00:00Z")
        .contains("no older backup was removed");
    assertThat(files.snapshots()).isEqualTo(3);
  }

  @Test
  void twoRunsAtOnceBothSucceed() throws Exception {
    files.backUp();
    files.set("LOCK_WAIT", "1m").set("KEEP", "--keep-last 5");
    Path other = Files.createDirectories(files.path("other"));
    try (BackupFiles second = new BackupFiles(other, shell)) {
      second
          .set("PORT", Integer.toString(valkey.port()))
          .set("RESTIC_REPOSITORY", files.path("repository").toString())
          .set("LOCK_WAIT", "1m")
          .set("KEEP", "--keep-last 5");
      second.write("secrets/backup", RealValkey.password(User.BACKUP));
      files.succeeds("backup-dump");
      second.succeeds("backup-dump");
      Process one = files.spawn("backup-store");
      Process two = second.spawn("backup-store");

      assertThat(one.waitFor()).isZero();
      assertThat(two.waitFor()).isZero();
    }
    assertThat(files.snapshots()).isEqualTo(3);
  }

  @Test
  void noPasswordIsInAnArgumentOrAnEnvironment() throws Exception {
    files.succeeds("backup-dump");
    Process process = files.spawn("backup-store");
    StringBuilder seen = new StringBuilder();
    while (process.isAlive()) {
      Stream.concat(Stream.of(process.toHandle()), process.descendants())
          .forEach(
              handle -> {
                for (String file : new String[] {"cmdline", "environ"}) {
                  try {
                    seen.append(Files.readString(Path.of("/proc", handle.pid() + "", file)));
                  } catch (IOException e) {
                    seen.append(' ');
                  }
                }
              });
    }
    assertThat(seen.toString()).contains("restic").doesNotContain("repository's own");
  }

  private RealValkey restored() throws Exception {
    Path root = Files.createTempDirectory(files.path("."), "copy");
    RealValkey copy = RealValkey.prepare(root, shell, true);
    Files.delete(root.resolve("data"));
    Files.move(files.path("data"), root.resolve("data"));
    copy.configure(new ValkeyConf(true, false, false, 192 << 20, RealValkey.POLICY), "");
    copy.start();
    return copy;
  }

  /** A negative offset counts from the end. */
  private static void flip(Path file, int offset) throws IOException {
    try (RandomAccessFile access = new RandomAccessFile(file.toFile(), "rw")) {
      long position = offset < 0 ? access.length() + offset : offset;
      access.seek(position);
      int value = access.read();
      access.seek(position);
      access.write(value ^ 0xff);
    }
  }

  private static Path largest(Path directory) throws IOException {
    try (Stream<Path> all = Files.walk(directory)) {
      return all.filter(Files::isRegularFile)
          .max(java.util.Comparator.comparingLong(file -> file.toFile().length()))
          .orElseThrow();
    }
  }

  private List<String> tree(String directory) throws IOException {
    try (Stream<Path> all = Files.walk(files.path(directory))) {
      return all.map(path -> files.path(directory).relativize(path).toString())
          .filter(path -> !path.isEmpty())
          .sorted()
          .toList();
    }
  }
}
