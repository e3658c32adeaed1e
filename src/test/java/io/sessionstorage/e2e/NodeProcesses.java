package io.sessionstorage.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.concurrent.TimeUnit;

/**
 * Kills as the kernel does. The first process of a container cannot be killed from inside the
 * container, so this is a pod of the node's process namespace, in a namespace that admits it.
 */
final class NodeProcesses {
  private static final String KILL_SERVER =
      """
      for comm in /proc/[0-9]*/comm; do
        process=${comm%/comm}
        if [ "$(cat "$comm" 2>/dev/null)" = valkey-server ] && grep -q "$1\\|$2" "$process/cgroup"; then
          kill -9 "${process#/proc/}" && echo "killed ${process#/proc/}"
        fi
      done
      """;

  private NodeProcesses() {}

  /** Kills the server of a store's pod. */
  static void killServer(Pod pod) {
    String uid = pod.getMetadata().getUid();
    try (TestNamespace namespace = new TestNamespace("kill", "privileged")) {
      // @formatter:off
      Cluster.CLIENT.resource(new PodBuilder()
          .withNewMetadata()
            .withName("kill")
            .withNamespace(namespace.name())
          .endMetadata()
          .withNewSpec()
            .withNodeName(pod.getSpec().getNodeName())
            .withHostPID(true)
            .withTerminationGracePeriodSeconds(0L)
            .addNewContainer()
              .withName("kill")
              .withImage("docker.io/valkey/valkey:9.1.2")
              .withCommand("sleep", "600")
              .withNewSecurityContext()
                .withRunAsUser(0L)
              .endSecurityContext()
            .endContainer()
          .endSpec()
          .build()).create();
      // @formatter:on
      Cluster.CLIENT
          .pods()
          .inNamespace(namespace.name())
          .withName("kill")
          .waitUntilReady(2, TimeUnit.MINUTES);
      // cgroup drivers write the pod's uid with dashes or with underscores.
      assertThat(
              Pods.exec(
                      namespace.name(),
                      "kill",
                      "kill",
                      "sh",
                      "-c",
                      KILL_SERVER,
                      "sh",
                      uid,
                      uid.replace('-', '_'))
                  .text())
          .matches("killed \\d+");
    }
  }
}
