package io.sessionstorage.compose.plan;

import io.sessionstorage.api.Instance;
import java.util.ArrayList;
import java.util.List;

/** The names by which a store's servers are reached, which their certificate has to have. */
final class ServerNames {
  private ServerNames() {}

  /** Those of every Service, as long or as short as a client may write them, and of every pod. */
  static List<String> of(Instance instance, int nodes, String clusterDomain) {
    List<String> names = new ArrayList<>(service(instance, instance.name(), clusterDomain));
    if (nodes > 1) {
      names.addAll(service(instance, instance.sentinelService(), clusterDomain));
    }
    for (int i = 0; i < nodes; i++) {
      String pod = instance.pod(i) + "." + instance.headlessService();
      names.addAll(service(instance, pod, clusterDomain));
    }
    return List.copyOf(names);
  }

  private static List<String> service(Instance instance, String name, String clusterDomain) {
    String service = "%s.%s.svc".formatted(name, instance.namespace());
    return List.of(service + "." + clusterDomain, service, name + "." + instance.namespace(), name);
  }
}
