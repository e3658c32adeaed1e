package io.sessionstorage.e2e;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Pod;
import io.fabric8.kubernetes.api.model.PodBuilder;
import java.util.concurrent.TimeUnit;
import java.util.stream.Stream;

/**
 * Does to processes, networks and volumes of pods what only the node can do: the first process of a
 * container cannot be killed from inside it. This is a pod of the node's process namespace, in a
 * namespace that admits it.
 */
final class NodeProcesses {
  /** Sets {@code processes} to those of program $1 in the pod of uid $2. */
  private static final String FIND =
      """
      processes=
      for comm in /proc/[0-9]*/comm; do
        process=${comm%/comm}
        # cgroup drivers write the pod's uid with dashes or with underscores.
        if [ "$(cat "$comm" 2>/dev/null)" = "$1" ] && grep -q "$2\\|$(echo "$2" | tr - _)" "$process/cgroup"; then
          processes="$processes ${process#/proc/}"
        fi
      done
      [ -n "$processes" ] || exit
      """;

  /** The packets that the pod sends end at the first router. */
  private static final String CUT =
      """
      hops() { nsenter -t "${processes##* }" -n sh -c "echo $1 >/proc/sys/net/ipv4/ip_default_ttl"; }
      hops 1 && sleep "$3" && hops 64 && echo done
      """;

  /** The node passes on nothing from its pods to others, and nothing to them. */
  private static final String CUT_NODE =
      """
      forward() { echo "$1" >/proc/sys/net/ipv4/ip_forward; }
      forward 0 && sleep "$3" && forward 1 && echo done
      """;

  /** Runs $1 with the arguments after it, in the node's mounts and not in those of a container. */
  private static final String ON_NODE =
      """
      for comm in /proc/[0-9]*/comm; do
        [ "$(cat "$comm" 2>/dev/null)" != kubelet ] || kubelet=${comm%/comm}
      done
      nsenter -t "${kubelet#/proc/}" -m "$@" && echo done
      """;

  private NodeProcesses() {}

  /** Kills the server of a store's pod. */
  static void killServer(Pod pod) {
    kill(pod, "valkey-server");
  }

  /** Kills a program of a pod as the kernel does. One of its processes may take others with it. */
  static void kill(Pod pod, String program) {
    run(pod, "kill -9 $processes 2>/dev/null; echo done", program);
  }

  /** Stops a program of a pod until it is told to {@link #resume}. */
  static void stop(Pod pod, String program) {
    run(pod, "kill -STOP $processes && echo done", program);
  }

  static void resume(Pod pod, String program) {
    run(pod, "kill -CONT $processes && echo done", program);
  }

  /** Stops a program of a pod, and lets it go on after some seconds. */
  static void suspend(Pod pod, String program, int seconds) {
    run(
        pod,
        "kill -STOP $processes && sleep \"$3\" && kill -CONT $processes && echo done",
        program,
        Integer.toString(seconds));
  }

  /** Cuts a store's pod off from other pods and nodes for some seconds. */
  static void cutOff(Pod pod, int seconds) {
    run(pod, CUT, "valkey-server", Integer.toString(seconds));
  }

  /** Cuts all pods on a store's pod's node off from other nodes for some seconds. */
  static void cutOffNode(Pod pod, int seconds) {
    run(pod, CUT_NODE, "valkey-server", Integer.toString(seconds));
  }

  /**
   * Puts a disk of 48 MiB, in memory, in the place of a directory of a pod's node. Containers see
   * it that start later.
   */
  static void mountSmallDisk(Pod pod, String directory) {
    onNode(pod, "mount", "-t", "tmpfs", "-o", "size=48m,mode=0777", "small", directory);
  }

  /** Brings back what was there before {@link #mountSmallDisk}. */
  static void unmountSmallDisk(Pod pod, String directory) {
    onNode(pod, "umount", "-l", directory);
  }

  private static void onNode(Pod pod, String... command) {
    shell(pod, ON_NODE, command);
  }

  private static void run(Pod pod, String script, String program, String... arguments) {
    shell(
        pod,
        FIND + script,
        Stream.concat(Stream.of(program, pod.getMetadata().getUid()), Stream.of(arguments))
            .toArray(String[]::new));
  }

  private static void shell(Pod pod, String script, String... arguments) {
    try (TestNamespace namespace = new TestNamespace("node", "privileged")) {
      // @formatter:off
      Cluster.CLIENT.resource(new PodBuilder()
          .withNewMetadata()
            .withName("agent")
            .withNamespace(namespace.name())
          .endMetadata()
          .withNewSpec()
            .withNodeName(pod.getSpec().getNodeName())
            .withHostPID(true)
            .withHostNetwork(true)
            .withTerminationGracePeriodSeconds(0L)
            .addNewContainer()
              .withName("agent")
              .withImage("docker.io/valkey/valkey:9.1.2")
              .withCommand("sleep", "600")
              .withNewSecurityContext()
                .withRunAsUser(0L)
                .withPrivileged(true)
              .endSecurityContext()
            .endContainer()
          .endSpec()
          .build()).create();
      // @formatter:on
      Cluster.CLIENT
          .pods()
          .inNamespace(namespace.name())
          .withName("agent")
          .waitUntilReady(2, TimeUnit.MINUTES);
      String[] command =
          Stream.concat(Stream.of("sh", "-c", script, "sh"), Stream.of(arguments))
              .toArray(String[]::new);
      assertThat(Pods.exec(namespace.name(), "agent", "agent", command).text()).isEqualTo("done");
    }
  }
}
