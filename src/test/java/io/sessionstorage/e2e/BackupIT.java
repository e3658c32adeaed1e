package io.sessionstorage.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.TestInstance;
import org.junit.jupiter.api.TestInstance.Lifecycle;
import org.junit.jupiter.api.parallel.Execution;
import org.junit.jupiter.api.parallel.ExecutionMode;
import org.junit.jupiter.api.parallel.ResourceAccessMode;
import org.junit.jupiter.api.parallel.ResourceLock;

/** Backups to a volume, their proof, and what is restored from them. */
@ResourceLock(value = Installation.LOCK, mode = ResourceAccessMode.READ)
@Execution(ExecutionMode.CONCURRENT)
@TestInstance(Lifecycle.PER_CLASS)
class BackupIT {
  private static final Duration PATIENCE = Duration.ofMinutes(4);

  /** Never within a test. */
  private static final String NEVER = "0 0 29 2 *";

  /** Backups on a volume, a part of a specification. */
  private static final String BACKUP =
      "backup: {schedule: '%s', destination: {pvc: {size: 1Gi}}, drill: {schedule: '%1$s'}%%s}"
          .formatted(NEVER);

  /** An S3 server with TLS, and Secrets for it: those with the keys are wrong at first. */
  private static final String S3_SERVER =
      """
      directory=$(mktemp -d)
      openssl req -x509 -newkey ec -pkeyopt ec_paramgen_curve:P-256 -nodes -days 2 -subj /CN=s3 \
        -keyout "$directory/tls.key" -out "$directory/tls.crt" -addext "subjectAltName=DNS:s3.$NAMESPACE.svc"
      k() { kubectl -n "$NAMESPACE" "$@"; }
      k create secret tls s3-tls --cert "$directory/tls.crt" --key "$directory/tls.key"
      k create secret generic s3-ca --from-file=ca.crt="$directory/tls.crt"
      k create secret generic s3 --from-literal=AWS_ACCESS_KEY_ID=key --from-literal=AWS_SECRET_ACCESS_KEY=wrong
      k apply -f - <<EOF
      apiVersion: v1
      kind: Pod
      metadata: {name: s3, labels: {app: s3}}
      spec:
        automountServiceAccountToken: false
        terminationGracePeriodSeconds: 0
        securityContext: {runAsNonRoot: true, runAsUser: 999, fsGroup: 999, seccompProfile: {type: RuntimeDefault}}
        containers:
          - name: s3
            image: docker.io/rclone/rclone:1.71.0
            command: [sh, -c, "mkdir -p /data/backups && exec rclone serve s3 --auth-key key,secret --addr :9000 --cert /tls/tls.crt --key /tls/tls.key /data"]
            env: [{name: HOME, value: /data}]
            securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
            volumeMounts: [{name: data, mountPath: /data}, {name: tls, mountPath: /tls}]
        volumes:
          - {name: data, emptyDir: {}}
          - {name: tls, secret: {secretName: s3-tls}}
      ---
      apiVersion: v1
      kind: Service
      metadata: {name: s3}
      spec: {selector: {app: s3}, ports: [{port: 9000}]}
      EOF
      k wait --for=condition=Ready pod/s3 --timeout=2m
      """;

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

    source.apply("{size: medium, %s}".formatted(BACKUP.formatted(", trigger: filled")));
    awaitBackup(source, 200);
    source.awaitCondition("BackupHealthy", "True Current");

    String before = source.status("backup", "snapshot");
    source.apply("{size: medium, %s}".formatted(BACKUP.formatted(", trigger: to be killed")));
    killRun(source);
    await("what a killed run left")
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(source.status("backup", "snapshot")).isNotEmpty().isNotEqualTo(before));
    awaitBackup(source, 200);

    drill(source);
    await("proof")
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(source.status("backup", "lastVerified")).isNotEmpty());
    source.awaitCondition("BackupHealthy", "True Current", "A drill proved one");

    Store copy =
        namespace
            .store("copy")
            .apply("{size: medium, restore: {from: {storage: {name: source}}}}")
            .awaitReady();
    copy.awaitCondition("Restored", "True Restored", "200 keys");
    Consumer other = Consumer.of(copy, "other", Consumer.PROXY).awaitConnected();
    assertSame(other, 200);

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

  @Test
  void backupsInABucketOutliveWrongKeysAndFillALargeStore() {
    Shell.run(S3_SERVER, Map.of("NAMESPACE", namespace.name()));
    String s3 =
        "{s3: {endpoint: 'https://s3.%s.svc:9000', bucket: backups, credentialsSecret: s3, caSecret: s3-ca}}"
            .formatted(namespace.name());
    Store source = namespace.store("bucketed");
    String spec =
        "{size: medium, backup: {schedule: '%s', destination: %s, trigger: '%%s'}}"
            .formatted(NEVER, s3);
    applyWithBackup(source, spec.formatted("wrong keys"));
    source.awaitReady();
    await("refusal")
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(source.condition("BackupHealthy"))
                    .startsWith("False WrongCredentials")
                    .contains("credentialsSecret"));

    Shell.run(
        "kubectl create secret generic -n $NAMESPACE s3 --dry-run=client -o yaml --from-literal=AWS_ACCESS_KEY_ID=key --from-literal=AWS_SECRET_ACCESS_KEY=secret | kubectl apply -f -",
        Map.of("NAMESPACE", namespace.name()));
    Consumer proxy = Consumer.of(source, "bucketed-proxy", Consumer.PROXY).awaitConnected();
    fill(proxy, 100);
    source.apply(spec.formatted("right keys"));
    awaitBackup(source, 100);
    source.awaitCondition("BackupHealthy", "True Current");

    Store large =
        namespace
            .store("grand")
            .apply(
                "{size: large, resources: {cpu: 100m, memory: 512Mi}, storage: {size: 2Gi}, restore: {from: {storage: {name: bucketed}}}, %s}"
                    .formatted(BACKUP.formatted("")));
    large.awaitReady();
    Consumer other = Consumer.of(large, "grand-proxy", Consumer.PROXY).awaitConnected();
    assertSame(other, 100);
    awaitBackup(large, 100);

    // While it is read, its primary goes away: a replica is read, or another try is made.
    large.apply(
        "{size: large, resources: {cpu: 100m, memory: 512Mi}, storage: {size: 2Gi}, restore: {from: {storage: {name: bucketed}}}, %s}"
            .formatted(BACKUP.formatted(", trigger: failover")));
    String before = large.status("backup", "snapshot");
    NodeProcesses.killServer(large.primary());
    await("backup in spite of a failover")
        .atMost(PATIENCE)
        .untilAsserted(
            () -> assertThat(large.status("backup", "snapshot")).isNotEmpty().isNotEqualTo(before));
    assertThat(large.status("backup", "keys")).isEqualTo("100");
    large.awaitReady();
    assertSame(other, 100);
  }

  @Test
  void theGuideWorksAndADrillCatchesDamage() {
    Map<String, String> place = Map.of("NAMESPACE", namespace.name());
    Store source = namespace.store("shared");
    await("the kind with spec.backup")
        .atMost(Duration.ofSeconds(60))
        .until(
            () -> {
              Shell.run(
                  "kubectl apply -n $NAMESPACE -f examples/backup/sessionstorage.yaml", place);
              return source.get().get("spec", "backup") != null;
            });
    source.awaitReady();
    awaitBackup(source, 0);
    fill(Consumer.of(source, "shared-proxy", Consumer.PROXY).awaitConnected(), 10);

    Guide.of("backup.md", place, "Take one now");
    awaitBackup(source, 10);
    Guide.of("backup.md", place, "Prove the newest one now");
    await("proof")
        .atMost(PATIENCE)
        .untilAsserted(() -> assertThat(source.status("backup", "lastVerified")).isNotEmpty());
    source.awaitCondition("BackupHealthy", "True Current", "A drill proved one");
    assertThat(Guide.of("backup.md", place, "Is all well?"))
        .contains("\"keys\":10", "A drill proved one");
    assertThat(Guide.of("backup.md", place, "List them")).contains("keys=10");
    assertThat(Guide.of("backup.md", place, "Read one on a laptop")).contains("10 keys read");
    Guide.of("backup.md", place, "Restore");
    Consumer restored =
        Consumer.of(namespace.store("restored"), "restored-proxy", Consumer.PROXY).awaitConnected();
    assertSame(restored, 10);

    Shell.run(
        """
        kubectl exec -n $NAMESPACE restic -- sh -c '
          find /repository/restic/data -type f -size +0 | while read -r file; do
            chmod u+w "$file"
            printf damaged | dd of="$file" bs=1 seek=300 conv=notrunc
          done'
        kubectl create job -n $NAMESPACE --from=cronjob/shared-drill shared-drill-of-damage
        """,
        place);
    await("the drill's finding")
        .atMost(PATIENCE)
        .untilAsserted(
            () ->
                assertThat(source.condition("BackupHealthy"))
                    .startsWith("False DrillFailed")
                    .contains("RepositoryDamaged"));
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

  /** As when its node is lost: the pod of the run that is under way ends without a word. */
  private static void killRun(Store store) {
    await("a run")
        .atMost(PATIENCE)
        .pollInterval(Duration.ofMillis(100))
        .until(
            () ->
                !Cluster.CLIENT
                    .pods()
                    .inNamespace(store.namespace())
                    .withLabel("app.kubernetes.io/instance", store.name())
                    .withLabel("toolhive.stacklok.dev/run", "backup")
                    .list()
                    .getItems()
                    .stream()
                    .filter(pod -> pod.getMetadata().getDeletionTimestamp() == null)
                    .filter(
                        pod ->
                            List.of("Pending", "Running").contains(pod.getStatus().getPhase())
                                && pod.getSpec().getNodeName() != null)
                    .flatMap(
                        pod -> Cluster.CLIENT.resource(pod).withGracePeriod(0).delete().stream())
                    .toList()
                    .isEmpty());
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
