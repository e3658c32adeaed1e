package io.sessionstorage.compose.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.sessionstorage.api.InvalidInput;
import io.sessionstorage.api.PlatformDefaults;
import io.sessionstorage.api.SessionStorage;
import io.sessionstorage.api.Store.Managed;
import io.sessionstorage.compose.plan.Keys;
import io.sessionstorage.compose.plan.Observed;
import io.sessionstorage.compose.plan.Plan;
import io.sessionstorage.compose.plan.Volume;
import io.sessionstorage.testing.Yaml;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.ValueSource;

class DiagnosisTest {
  private static final String WAITING_STATEFUL_SET =
      """
      kind: StatefulSet
      spec: {replicas: 1}
      status: {replicas: 1}
      """;
  private static final String BOUND = "{kind: PersistentVolumeClaim, status: {phase: Bound}}";
  private static final String PENDING = "{kind: PersistentVolumeClaim, status: {phase: Pending}}";

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{reason: ErrImagePull, message: 'rpc error: no such image'}",
        "{reason: ImagePullBackOff, message: 'Back-off pulling image \"x\": ErrImagePull: rpc error: no such image'}"
      })
  void namesAnImageThatCannotBePulled(String waiting) {
    Finding finding = diagnose(BOUND, List.of(), container("state: {waiting: " + waiting + "}"));

    assertThat(finding.phase()).isEqualTo(Phase.FAILED);
    assertThat(finding.reason()).isEqualTo("ImagePullFailed");
    assertThat(finding.message()).contains("docker.io/valkey/valkey:9.1.2", "imagePullSecrets");
  }

  @Test
  void saysTheSameInBothOfTheKubeletsImageStates() {
    String error = "failed to pull: no such image";
    Finding first =
        diagnose(
            BOUND,
            List.of(),
            container("state: {waiting: {reason: ErrImagePull, message: '" + error + "'}}"));
    Finding second =
        diagnose(
            BOUND,
            List.of(),
            container(
                "state: {waiting: {reason: ImagePullBackOff, message: 'Back-off pulling image: ErrImagePull: "
                    + error
                    + "'}}"));

    assertThat(first).isEqualTo(second);
  }

  @Test
  void namesTheMemoryLimitAfterAnOutOfMemoryKill() {
    Finding finding =
        diagnose(
            BOUND,
            List.of(),
            container(
                "ready: false, restartCount: 1, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {reason: OOMKilled, exitCode: 137}}"));

    assertThat(finding.phase()).isEqualTo(Phase.FAILED);
    assertThat(finding.reason()).isEqualTo("OutOfMemory");
    assertThat(finding.message()).contains("512Mi", "spec.resources.memory");
  }

  @Test
  void namesTheExitCodeAndTheLogsOfACrashLoop() {
    Finding finding =
        diagnose(
            BOUND,
            List.of(),
            container(
                "ready: false, restartCount: 3, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {reason: Error, exitCode: 1}}"));

    assertThat(finding.phase()).isEqualTo(Phase.FAILED);
    assertThat(finding.reason()).isEqualTo("CrashLooping");
    assertThat(finding.message())
        .contains("exit code 1", "kubectl logs -n team-a shared-0 -c valkey --previous");
  }

  /** The kubelet starts it again and again: for seconds it runs, for minutes it waits. */
  @Test
  void staysWithACrashLoopWhileTheContainerRunsForAMoment() {
    Finding waiting =
        diagnose(
            BOUND,
            List.of(),
            container(
                "ready: false, restartCount: 1, state: {waiting: {reason: CrashLoopBackOff}}, lastState: {terminated: {reason: Error, exitCode: 1}}"));
    Finding running =
        diagnose(
            BOUND,
            List.of(),
            container(
                "ready: false, restartCount: 2, state: {running: {}}, lastState: {terminated: {reason: Error, exitCode: 1, startedAt: '2026-11-29T07:00:00Z', finishedAt: '2026-11-29T07:00:01Z'}}"));

    assertThat(running).isEqualTo(waiting);
  }

  @Test
  void callsASecondEndAfterWeeksNoCrashLoop() {
    Finding finding =
        diagnose(
            BOUND,
            List.of(),
            container(
                "ready: false, restartCount: 2, state: {running: {}}, lastState: {terminated: {reason: Error, exitCode: 137, startedAt: '2026-11-01T07:00:00Z', finishedAt: '2026-11-29T07:00:01Z'}}"));

    assertThat(finding.reason()).isNotEqualTo("CrashLooping");
  }

  @Test
  void isSilentAboutAnOldCrashOfAContainerThatIsReady() {
    Finding finding =
        diagnose(
            BOUND,
            List.of(),
            container(
                "ready: true, restartCount: 1, state: {running: {}}, lastState: {terminated: {reason: OOMKilled}}"));

    assertThat(finding.reason()).isEqualTo("Starting");
  }

  @Test
  void namesAStorageClassThatDoesNotExist() {
    Finding finding =
        diagnose(
            PENDING, List.of(), unschedulable("pod has unbound immediate PersistentVolumeClaims"));

    assertThat(finding.phase()).isEqualTo(Phase.FAILED);
    assertThat(finding.reason()).isEqualTo("StorageClassNotFound");
    assertThat(finding.message()).contains("fast", "kubectl get storageclass");
  }

  @Test
  void namesAVolumeThatStaysPending() {
    Finding finding =
        diagnose(
            PENDING,
            List.of(yaml("{kind: StorageClass}")),
            unschedulable("pod has unbound immediate PersistentVolumeClaims"));

    assertThat(finding.phase()).isEqualTo(Phase.PENDING);
    assertThat(finding.reason()).isEqualTo("VolumePending");
    assertThat(finding.message()).contains("data-shared-0", "unbound immediate");
  }

  @Test
  void namesWhatAPodThatNoNodeTakesAsksFor() {
    Finding finding =
        diagnose(
            BOUND, List.of(), unschedulable("0/3 nodes are available: 3 Insufficient memory."));

    assertThat(finding.phase()).isEqualTo(Phase.PENDING);
    assertThat(finding.reason()).isEqualTo("Unschedulable");
    assertThat(finding.message()).contains("250m", "512Mi", "3 Insufficient memory");
  }

  @Test
  void namesAMountOrEnvironmentThatCannotBeMade() {
    Finding finding =
        diagnose(
            BOUND,
            List.of(),
            container(
                "state: {waiting: {reason: CreateContainerConfigError, message: no such secret}}"));

    assertThat(finding.phase()).isEqualTo(Phase.FAILED);
    assertThat(finding.message()).contains("no such secret");
  }

  @Test
  void pointsToTheStatefulSetWhileThereIsNoPod() {
    Finding finding = diagnose(BOUND, List.of());

    assertThat(finding.phase()).isEqualTo(Phase.PROVISIONING);
    assertThat(finding.message()).contains("kubectl describe statefulset -n team-a shared");
  }

  @Test
  void saysNothingOfPodsBeforeSomebodyHasAskedForThem() {
    Observed observed =
        new Observed(yaml("{}"), Map.of(Keys.STATEFUL_SET, yaml(WAITING_STATEFUL_SET)), Map.of());

    Finding finding = Diagnosis.of(plan(observed), observed);

    assertThat(finding.phase()).isEqualTo(Phase.PROVISIONING);
    assertThat(finding.message()).isEqualTo("The store is being created.");
  }

  @Test
  void countsAsDegradedWhatWasReadyBefore() {
    Finding finding =
        diagnose(
            yaml("{status: {phase: Ready}}"), BOUND, List.of(), container("state: {running: {}}"));

    assertThat(finding.phase()).isEqualTo(Phase.DEGRADED);
  }

  private static String container(String fields) {
    return "{metadata: {name: shared-0}, status: {containerStatuses: [{name: valkey, "
        + fields
        + "}]}}";
  }

  private static String unschedulable(String message) {
    return "{metadata: {name: shared-0}, status: {conditions: [{type: PodScheduled, status: 'False', message: '"
        + message
        + "'}]}}";
  }

  private static Finding diagnose(String claim, List<JsonNode> storageClasses, String... pods) {
    return diagnose(yaml("{}"), claim, storageClasses, pods);
  }

  private static Finding diagnose(
      JsonNode composite, String claim, List<JsonNode> storageClasses, String... pods) {
    Observed observed =
        new Observed(
            composite,
            Map.of(Keys.STATEFUL_SET, yaml(WAITING_STATEFUL_SET), Keys.DATA, yaml(claim)),
            Map.of(
                Diagnosis.PODS,
                List.of(pods).stream().map(DiagnosisTest::yaml).toList(),
                Volume.STORAGE_CLASS,
                storageClasses));
    return Diagnosis.of(plan(observed), observed);
  }

  private static Plan plan(Observed observed) {
    try {
      SessionStorage storage =
          SessionStorage.read(
              yaml(
                  """
                  apiVersion: toolhive.stacklok.dev/v1alpha1
                  kind: SessionStorage
                  metadata: {name: shared, namespace: team-a}
                  spec: {size: medium, storage: {className: fast}}
                  """));
      return Plan.of(
          storage,
          (Managed) storage.store(),
          PlatformDefaults.read(yaml("{}")),
          observed,
          new Random(1),
          Instant.EPOCH);
    } catch (InvalidInput e) {
      throw new AssertionError(e);
    }
  }

  private static JsonNode yaml(String text) {
    try {
      return Yaml.MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }
}
