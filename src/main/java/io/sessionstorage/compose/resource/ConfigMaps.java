package io.sessionstorage.compose.resource;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.sessionstorage.compose.plan.Plan;
import java.util.Map;

/** What the pod mounts beside its Secrets. */
public final class ConfigMaps {
  private ConfigMaps() {}

  /** Valkey's configuration. */
  public static ConfigMap config(Plan plan) {
    return configMap(
        plan,
        plan.instance().configMap(),
        Map.of("valkey.conf", plan.valkeyConf(), "live.conf", plan.liveConf()));
  }

  /** The containers' scripts. */
  public static ConfigMap scripts(Plan plan) {
    return configMap(plan, plan.instance().scripts(), Scripts.ALL);
  }

  private static ConfigMap configMap(Plan plan, String name, Map<String, String> data) {
    return new ConfigMapBuilder().withMetadata(Metadata.of(plan, name)).withData(data).build();
  }
}
