package io.sessionstorage.e2e;

import io.fabric8.kubernetes.api.model.ContainerStatus;
import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.ExecWatch;
import java.io.ByteArrayOutputStream;
import java.nio.charset.StandardCharsets;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;

/** What tests do with pods. */
final class Pods {
  private static final int SECONDS = 120;

  private Pods() {}

  /** Runs a program in a container. */
  static Reply exec(String namespace, String pod, String container, String... command) {
    ByteArrayOutputStream output = new ByteArrayOutputStream();
    try (ExecWatch watch =
        Cluster.CLIENT
            .pods()
            .inNamespace(namespace)
            .withName(pod)
            .inContainer(container)
            .writingOutput(output)
            .writingError(output)
            .exec(command)) {
      int exitCode = watch.exitCode().get(SECONDS, TimeUnit.SECONDS);
      return new Reply(exitCode, output.toString(StandardCharsets.UTF_8).strip());
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } catch (ExecutionException | TimeoutException e) {
      throw new KubernetesClientException(
          "%s in %s/%s".formatted(String.join(" ", command), namespace, pod), e);
    }
  }

  static int restarts(Pod pod, String container) {
    return pod.getStatus().getContainerStatuses().stream()
        .filter(status -> status.getName().equals(container))
        .mapToInt(ContainerStatus::getRestartCount)
        .findFirst()
        .orElseThrow(() -> new AssertionError("no container " + container + " in " + pod));
  }
}
