package io.sessionstorage.compose.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.sessionstorage.compose.plan.Keys;
import io.sessionstorage.compose.plan.Observed;
import io.sessionstorage.compose.plan.Plan;
import io.sessionstorage.compose.plan.Report;
import io.sessionstorage.compose.plan.Volume;
import java.time.Duration;
import java.time.Instant;
import java.time.format.DateTimeParseException;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Optional;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Why a store is as it is, read from its StatefulSet, its pods and its volumes. */
public final class Diagnosis {
  /** The requirement whose result is the store's pods. */
  public static final String PODS = "pods";

  /** The requirement whose result is the pods of the proxies. */
  public static final String PROXIES = "proxies";

  private static final Set<String> NO_IMAGE =
      Set.of(
          "ErrImagePull",
          "ImagePullBackOff",
          "InvalidImageName",
          "ErrImageNeverPull",
          "RegistryUnavailable");
  private static final Set<String> NO_CONFIGURATION =
      Set.of("CreateContainerConfigError", "CreateContainerError");
  private static final String CONTAINER = "valkey";
  private static final String OUT_OF_MEMORY = "OOMKilled";

  /** The kubelet's: after so long a run it starts a container again at once. */
  private static final Duration MEMORY_OF_ENDS = Duration.ofMinutes(10);

  private static final String CAUSE = "ErrImagePull: ";

  private final Plan plan;
  private final Observed observed;
  private final JsonNode pod;

  private Diagnosis(Plan plan, Observed observed) {
    this.plan = plan;
    this.observed = observed;
    this.pod = podInTrouble(observed);
  }

  /** The first cause that applies, the most specific first. */
  public static Finding of(Plan plan, Observed observed) {
    if (plan.awaitsCertificate() && plan.tls() != null) {
      Encryption encryption = Encryption.of(plan, plan.tls(), observed);
      return new Finding(Phase.PENDING, encryption.reason(), encryption.message());
    }
    Diagnosis diagnosis = new Diagnosis(plan, observed);
    Optional<Finding> restoring = BackupStatus.finding(plan);
    if (restoring.isPresent()) {
      return restoring.get();
    }
    return plan.replicas() == 0 ? diagnosis.suspended() : diagnosis.running();
  }

  /** Of those that are not ready, or else of all, the newest. */
  private static JsonNode podInTrouble(Observed observed) {
    List<JsonNode> pods = new ArrayList<>(observed.required().getOrDefault(PODS, List.of()));
    pods.addAll(observed.required().getOrDefault(PROXIES, List.of()));
    if (!pods.stream().allMatch(Diagnosis::ready)) {
      pods.removeIf(Diagnosis::ready);
    }
    pods.sort(Comparator.comparing(pod -> pod.path("metadata").path("creationTimestamp").asText()));
    return pods.isEmpty() ? MissingNode.getInstance() : pods.getLast();
  }

  private static boolean ready(JsonNode pod) {
    return Observed.says(pod, "Ready", "True");
  }

  private String podName() {
    return pod.path("metadata").path("name").asText(plan.instance().pod());
  }

  private Finding suspended() {
    JsonNode statefulSet = observed.get(Keys.STATEFUL_SET);
    boolean stopped =
        Readiness.of(statefulSet) && statefulSet.path("spec").path("replicas").asInt(1) == 0;
    String kept =
        plan.volume() == null
            ? "it kept no data"
            : plan.replicated()
                ? "its data is kept on its volumes"
                : "its data is kept on volume " + plan.instance().dataClaim();
    return stopped
        ? new Finding(
            Phase.SUSPENDED,
            "Suspended",
            "The store is stopped and %s. Set spec.suspend to false to start it.".formatted(kept))
        : new Finding(Phase.PROVISIONING, "Suspending", "The store is being stopped.");
  }

  private Finding running() {
    if (usable() && complete() && trouble() == null) {
      return new Finding(
          Phase.READY,
          "Available",
          "Storage is ready: consumers connect with Secret %s.%s"
              .formatted(plan.instance().connectionSecret(), killedBefore()));
    }
    if (!observed.has(Keys.STATEFUL_SET) || (unasked() && !usable() && !wasReady())) {
      return new Finding(Phase.PROVISIONING, "Creating", "The store is being created.");
    }
    return Stream.of(image(), crash(), storageClass(), scheduling(), configuration())
        .filter(finding -> finding != null)
        .findFirst()
        .map(finding -> usable() ? lessThanWanted(finding) : finding)
        .orElseGet(this::withoutCause);
  }

  /** Nobody has asked for the pods yet ({@link Requirements}). */
  private boolean unasked() {
    return !observed.required().containsKey(PODS);
  }

  private boolean wasReady() {
    return Set.of("Ready", "Degraded")
        .contains(observed.composite().path("status").path("phase").asText());
  }

  private Finding withoutCause() {
    Finding trouble = trouble();
    if (trouble != null && inPlace()) {
      return trouble;
    }
    return usable() ? onItsWayBack() : onItsWay();
  }

  /** What the observer sees and no Kubernetes object says; null: nothing. */
  private @Nullable Finding trouble() {
    Report report = plan.observation().now();
    return report == null ? null : Troubles.of(report, plan.instance());
  }

  /** Clients go on, but for the loss of one more node or proxy they would not. */
  private Finding lessThanWanted(Finding cause) {
    return new Finding(
        Phase.DEGRADED,
        true,
        cause.reason(),
        "Consumers can use the store, but one more failure would stop it. " + cause.message());
  }

  private Finding onItsWayBack() {
    return new Finding(
        Phase.DEGRADED,
        true,
        "Incomplete",
        "Consumers can use the store. %d of %d nodes are ready; pod %s is not yet, or is of an older template."
            .formatted(
                observed.get(Keys.STATEFUL_SET).path("status").path("readyReplicas").asInt(),
                plan.replicas(),
                podName()));
  }

  private boolean complete() {
    return !plan.replicated()
        || (Readiness.settled(observed.get(Keys.STATEFUL_SET))
            && Readiness.settled(observed.get(Keys.PROXY)));
  }

  /** Everything is in place and, as far as that is known, a node takes writes. */
  private boolean usable() {
    Finding trouble = trouble();
    return inPlace() && (trouble == null || trouble.available());
  }

  /** Every object is in place and the pod, of the newest template, answers its readiness probe. */
  private boolean inPlace() {
    return Stream.of(
                Keys.STATEFUL_SET,
                Keys.SERVICE,
                Keys.HEADLESS,
                Keys.CONNECTION,
                Keys.ACL,
                Keys.NETWORK_POLICY)
            .allMatch(key -> Readiness.of(observed.get(key)))
        && observed.get(Keys.STATEFUL_SET).path("spec").path("replicas").asInt(1) == plan.replicas()
        && (plan.proxy() == null || Readiness.of(observed.get(Keys.PROXY)))
        && (plan.volume() == null || volumesAreBound());
  }

  private @Nullable Finding image() {
    for (JsonNode container : pod.path("status").path("containerStatuses")) {
      JsonNode waiting = container.path("state").path("waiting");
      if (NO_IMAGE.contains(waiting.path("reason").asText())) {
        return new Finding(
            Phase.FAILED,
            "ImagePullFailed",
            "Image %s cannot be pulled. Check that the version exists in the registry of PlatformDefaults (images, imagePullSecrets)%s."
                .formatted(
                    container.path("image").asText(plan.image()), detail(pullError(waiting))));
      }
    }
    return null;
  }

  /** The cause, the same in both of the kubelet's alternating reasons. */
  private static String pullError(JsonNode waiting) {
    String message = waiting.path("message").asText();
    if (!"ImagePullBackOff".equals(waiting.path("reason").asText())) {
      return message;
    }
    int cause = message.indexOf(CAUSE);
    return cause < 0 ? "" : message.substring(cause + CAUSE.length());
  }

  private @Nullable Finding crash() {
    JsonNode container = container(pod);
    JsonNode last = container.path("lastState").path("terminated");
    JsonNode now = container.path("state").path("terminated");
    JsonNode end = now.isMissingNode() ? last : now;
    if (end.isMissingNode() || container.path("ready").asBoolean()) {
      return null;
    }
    if (OUT_OF_MEMORY.equals(end.path("reason").asText())) {
      return new Finding(
          Phase.FAILED,
          "OutOfMemory",
          "Valkey was killed because it used more than its memory limit of %s. Raise spec.resources.memory."
              .formatted(plan.memory()));
    }
    boolean looping =
        "CrashLoopBackOff".equals(container.path("state").path("waiting").path("reason").asText());
    if (looping || (container.path("restartCount").asInt() > 1 && wasBrief(end))) {
      return new Finding(
          Phase.FAILED,
          "CrashLooping",
          "Valkey keeps stopping with exit code %d. Its last words: kubectl logs -n %s %s -c %s --previous"
              .formatted(
                  end.path("exitCode").asInt(), plan.instance().namespace(), podName(), CONTAINER));
    }
    return null;
  }

  /** Ended before the kubelet forgets the ends before, and so is started later each time. */
  private static boolean wasBrief(JsonNode terminated) {
    try {
      Instant started = Instant.parse(terminated.path("startedAt").asText());
      Instant finished = Instant.parse(terminated.path("finishedAt").asText());
      return finished.isBefore(started.plus(MEMORY_OF_ENDS));
    } catch (DateTimeParseException e) {
      return true;
    }
  }

  /** What a restart has mended and will come again; a pod that is made anew knows nothing of it. */
  private String killedBefore() {
    return observed.required().getOrDefault(PODS, List.of()).stream()
        .filter(ran -> OUT_OF_MEMORY.equals(lastEnd(ran).path("reason").asText()))
        .map(
            ran ->
                " Valkey of pod %s was killed at %s because it used more than its memory limit of %s: raise spec.resources.memory."
                    .formatted(
                        ran.path("metadata").path("name").asText(),
                        lastEnd(ran).path("finishedAt").asText(),
                        plan.memory()))
        .sorted()
        .collect(Collectors.joining());
  }

  private static JsonNode lastEnd(JsonNode pod) {
    return container(pod).path("lastState").path("terminated");
  }

  private static JsonNode container(JsonNode pod) {
    for (JsonNode container : pod.path("status").path("containerStatuses")) {
      if (CONTAINER.equals(container.path("name").asText())) {
        return container;
      }
    }
    return MissingNode.getInstance();
  }

  private @Nullable Finding storageClass() {
    Volume volume = plan.volume();
    if (volume == null || volumesAreBound() || volume.className() == null) {
      return null;
    }
    List<JsonNode> found = observed.required().get(Volume.STORAGE_CLASS);
    return found != null && found.isEmpty()
        ? new Finding(
            Phase.FAILED,
            "StorageClassNotFound",
            "Volume %s stays Pending: there is no StorageClass %s. Delete this SessionStorage and make it again with one of kubectl get storageclass."
                .formatted("data-" + podName(), volume.className()))
        : null;
  }

  private boolean volumesAreBound() {
    return IntStream.range(0, plan.nodes()).allMatch(i -> Readiness.of(observed.get(Keys.data(i))));
  }

  private @Nullable Finding scheduling() {
    if (!Observed.says(pod, "PodScheduled", "False")) {
      return null;
    }
    String detail = detail(Observed.condition(pod, "PodScheduled").path("message").asText());
    boolean volume = plan.volume() != null && !volumesAreBound();
    return new Finding(
        Phase.PENDING,
        volume ? "VolumePending" : "Unschedulable",
        (volume
            ? "Volume %s is Pending and pod %s waits for it: see kubectl describe pvc -n %s %1$s%s."
                .formatted("data-" + podName(), podName(), plan.instance().namespace(), detail)
            : "No node takes pod %s, which asks for %s of CPU and %s of memory%s."
                .formatted(podName(), plan.cpu(), plan.memory(), detail)));
  }

  private @Nullable Finding configuration() {
    for (JsonNode container : pod.path("status").path("containerStatuses")) {
      JsonNode waiting = container.path("state").path("waiting");
      if (NO_CONFIGURATION.contains(waiting.path("reason").asText())) {
        return new Finding(
            Phase.FAILED,
            waiting.path("reason").asText(),
            "Pod %s cannot start%s."
                .formatted(podName(), detail(waiting.path("message").asText())));
      }
    }
    return null;
  }

  private Finding onItsWay() {
    String what =
        pod.isMissingNode()
            ? "Pod %s is not there yet: see kubectl describe statefulset -n %s %s if this lasts."
                .formatted(podName(), plan.instance().namespace(), plan.instance().name())
            : "Pod %s is starting.".formatted(podName());
    return wasReady()
        ? new Finding(Phase.DEGRADED, "Restarting", "The store is away for a moment. " + what)
        : new Finding(Phase.PROVISIONING, "Starting", what);
  }

  private static String detail(String text) {
    String line = text.strip().replaceAll("\\s+", " ").replaceAll("[.\"]+$", "");
    return line.isEmpty() ? "" : ": " + line;
  }
}
