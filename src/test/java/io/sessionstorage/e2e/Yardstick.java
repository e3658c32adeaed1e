package io.sessionstorage.e2e;

import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.apps.StatefulSet;
import io.fabric8.kubernetes.client.utils.Serialization;
import java.time.Duration;

/** What the cluster itself takes for a pod with a volume. */
final class Yardstick {
  private Yardstick() {}

  /** Time from apply to Ready of the same image, with the same probe, and nothing around it. */
  static Duration statefulSetWithVolume(String namespace) {
    StatefulSet bare =
        Serialization.unmarshal(
            """
            apiVersion: apps/v1
            kind: StatefulSet
            metadata: {name: bare, namespace: %s}
            spec:
              serviceName: bare
              selector: {matchLabels: {app: bare}}
              template:
                metadata: {labels: {app: bare}}
                spec:
                  terminationGracePeriodSeconds: 0
                  securityContext:
                    {runAsNonRoot: true, runAsUser: 999, fsGroup: 999, seccompProfile: {type: RuntimeDefault}}
                  containers:
                    - name: valkey
                      image: docker.io/valkey/valkey:9.1.2
                      command: [valkey-server, --dir, /data, --appendonly, "yes"]
                      readinessProbe: {exec: {command: [valkey-cli, PING]}, periodSeconds: 1}
                      securityContext: {allowPrivilegeEscalation: false, capabilities: {drop: [ALL]}}
                      volumeMounts: [{name: data, mountPath: /data}]
              volumeClaimTemplates:
                - metadata: {name: data}
                  spec: {accessModes: [ReadWriteOnce], resources: {requests: {storage: 1Gi}}}
            """
                .formatted(namespace),
            StatefulSet.class);
    long start = System.nanoTime();
    Cluster.CLIENT.resource(bare).create();
    await("bare StatefulSet")
        .atMost(Duration.ofMinutes(2))
        .until(
            () ->
                Integer.valueOf(1)
                    .equals(Cluster.CLIENT.resource(bare).get().getStatus().getReadyReplicas()));
    Duration time = Duration.ofNanos(System.nanoTime() - start);
    Cluster.CLIENT.resource(bare).delete();
    return time;
  }
}
