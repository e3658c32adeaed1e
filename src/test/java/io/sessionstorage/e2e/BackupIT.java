package io.sessionstorage.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Backups to a volume, their proof, and what is restored from them. */
@ResourceLock(value = Installation.LOCK, mode = ResourceAccessMode.READ)
@TestInstance(Lifecycle.PER_CLASS)
class BackupIT {
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  /** Never within a test. */
  private static final String NEVER = "0 0 29 2 *";

  /** Backups on a volume, a part of a specification. */
  private static final String BACKUP =
      "backup: {schedule: '%s', destination: {pvc: {size: 1Gi}}, drill: {schedule: '%1$s'}%%s}"
          .formatted(NEVER);

  @AutoClose private final TestNamespace namespace = namespace();

  private static TestNamespace namespace() {
    Installation.NAMESPACED.require();
    return new TestNamespace("backup");
  }

  @Test
  void aMediumStoreIsBackedUpProvenAndRestored() {
    Store source = namespace.store("source");
    applyWithBackup(source, "{size: medium, %s}".formatted(BACKUP.formatted("")));
    source.awaitReady();
    awaitBackup(source, 0);
    Consumer proxy = Consumer.of(source, "proxy", Consumer.PROXY).awaitConnected();
    fill(proxy, 200);
    assertThat(proxy.ask("SET", "thv:brief", "1", "EX", "30")).isEqualTo("OK");

    source.apply("{size: medium, %s}".formatted(BACKUP.formatted(", trigger: filled")));
    awaitBackup(source, 201);
    assertThat(source.condition("BackupHealthy")).startsWith("True Current");

    drill(source);
    await("proof")
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(source.status("backup", "lastVerified")).isNotEmpty());
    assertThat(source.condition("BackupHealthy")).contains("A drill proved one");

    Store copy =
        namespace
            .store("copy")
            .apply("{size: medium, restore: {from: {storage: {name: source}}}}")
            .awaitReady();
    assertThat(copy.condition("Restored")).startsWith("True Restored").contains("201 keys");
    Consumer other = Consumer.of(copy, "other", Consumer.PROXY).awaitConnected();
    assertSame(other, 200);
    await("end of a key whose time has run out")
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(other.ask("GET", "thv:brief")).isEmpty());

    String password = source.secret("source-backup", "password");
    source.delete();
    source.awaitGoneBut("PersistentVolumeClaim source-backup", "Secret source-backup");
    source.apply("{size: medium, %s}".formatted(BACKUP.formatted(", keepBackups: false")));
    source.awaitReady();
    awaitBackup(source, 0);
    assertThat(source.secret("source-backup", "password")).isEqualTo(password);
    source.delete();
    source.awaitGone();
  }

  /** The kind may have been there before, without the field: it is dropped for a moment then. */
  private static void applyWithBackup(Store store, String spec) {
    await("the kind with spec.backup")
        .atMost(Duration.ofSeconds(60))
        .until(() -> store.apply(spec).get().get("spec", "backup") != null);
  }

  /** Keys that end at different times; each one's value is its end. And some that end soon. */
  private static void fill(Consumer client, int keys) {
    Reply reply =
        client.shell(
            Consumer.TLS
                + """
                i=0 now=$(date +%s)
                while [ "$i" -lt "$1" ]; do
                  end=$((now + 3600 + i * 10))
                  echo "SET thv:proxy:session:$i $end EXAT $end"
                  i=$((i + 1))
                done | valkey-cli $TLS -h "$HOST" -p "$PORT" | sort | uniq -c
                """,
            Integer.toString(keys));
    assertThat(reply.text()).matches("\\s*" + keys + " OK\\s*");
  }

  /** Every key is there and ends, to 5 s, when it did. */
  private static void assertSame(Consumer client, int keys) {
    Reply reply =
        client.shell(
            Consumer.TLS
                + """
                valkey() { valkey-cli $TLS -h "$HOST" -p "$PORT" "$@"; }
                i=0 now=$(date +%s)
                while [ "$i" -lt "$1" ]; do echo "GET thv:proxy:session:$i"; i=$((i + 1)); done | valkey >/tmp/ends
                i=0
                # Each would change a time to live that is more than 5 s away, and say 1.
                while read -r end; do
                  echo "EXPIRE thv:proxy:session:$i $((end - now - 5)) GT"
                  echo "EXPIRE thv:proxy:session:$i $((end - now + 5)) LT"
                  i=$((i + 1))
                done </tmp/ends | valkey | sort | uniq -c
                grep -c '^[0-9]' /tmp/ends
                """
                    .replace("/tmp/ends", "/dev/shm/ends"),
            Integer.toString(keys));
    assertThat(reply.text().strip().split("\\s+")).containsExactly("" + 2 * keys, "0", "" + keys);
  }

  private static void drill(Store store) {
    Shell.run(
        "kubectl create job -n %s --from=cronjob/%s-drill %2$s-drill-now"
            .formatted(store.namespace(), store.name()),
        Map.of());
  }

  private static void awaitBackup(Store store, int keys) {
    await("backup of " + store)
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(store.status("backup", "keys"))
                    .as("%s", store.get())
                    .isEqualTo(Integer.toString(keys)));
  }
}
