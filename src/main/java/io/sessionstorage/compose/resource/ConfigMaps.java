package io.sessionstorage.compose.resource;

import io.fabric8.kubernetes.api.model.ConfigMap;
import io.fabric8.kubernetes.api.model.ConfigMapBuilder;
import io.sessionstorage.compose.plan.Plan;
import io.sessionstorage.compose.plan.SentinelConf;
import java.util.Map;
import java.util.TreeMap;

/** What the pod mounts beside its Secrets. */
public final class ConfigMaps {
  private ConfigMaps() {}

  /** The configuration of Valkey and its Sentinels. */
  public static ConfigMap config(Plan plan) {
    Map<String, String> files = new TreeMap<>();
    files.put("valkey.conf", plan.valkeyConf());
    files.put("live.conf", plan.liveConf());
    if (plan.replicated()) {
      files.put(
          "sentinel.conf", SentinelConf.of(plan.instance().primaryName(), plan.tls() != null));
    }
    return configMap(plan, plan.instance().configMap(), files);
  }

  /** The containers' scripts. */
  public static ConfigMap scripts(Plan plan) {
    return configMap(
        plan, plan.instance().scripts(), plan.replicated() ? Scripts.REPLICATED : Scripts.SINGLE);
  }

  /** The scripts of backups. */
  static ConfigMap backup(Plan plan) {
    return new ConfigMapBuilder()
        .withMetadata(Metadata.ofBackup(plan, plan.instance().backup()))
        .withData(Scripts.BACKUP)
        .build();
  }

  private static ConfigMap configMap(Plan plan, String name, Map<String, String> data) {
    return new ConfigMapBuilder().withMetadata(Metadata.of(plan, name)).withData(data).build();
  }
}
