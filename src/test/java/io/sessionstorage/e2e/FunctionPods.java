package io.sessionstorage.e2e;

import io.fabric8.kubernetes.api.model.Pod;
import java.util.List;
import java.util.Objects;
import java.util.regex.Pattern;

/** The function where Crossplane runs it. */
final class FunctionPods {
  private static final Pattern CALLS =
      Pattern.compile(
          "^grpc_server_handled_total\\{(?=.*RunFunction).*} ([0-9.eE+]+)$", Pattern.MULTILINE);

  private FunctionPods() {}

  static List<Pod> all() {
    return Cluster.CLIENT
        .pods()
        .inAnyNamespace()
        .withLabel("pkg.crossplane.io/function", "function-session-storage")
        .list()
        .getItems();
  }

  /** How often they have been called since they started. */
  static long calls() {
    return all().stream().mapToLong(FunctionPods::calls).sum();
  }

  private static long calls(Pod pod) {
    String metrics =
        Objects.requireNonNull(
            Cluster.CLIENT.raw(
                "/api/v1/namespaces/%s/pods/%s:8080/proxy/metrics"
                    .formatted(pod.getMetadata().getNamespace(), pod.getMetadata().getName())),
            "metrics");
    return CALLS
        .matcher(metrics)
        .results()
        .mapToLong(call -> (long) Double.parseDouble(call.group(1)))
        .sum();
  }
}
