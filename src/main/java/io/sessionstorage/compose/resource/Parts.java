package io.sessionstorage.compose.resource;

import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraintBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.sessionstorage.compose.plan.Plan;
import io.sessionstorage.compose.plan.User;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What pods have in common. */
final class Parts {
  private static final int READABLE_BY_GROUP = 0440;

  private Parts() {}

  /** Over zones and nodes, as far as the cluster has them. */
  static List<TopologySpreadConstraint> spread(Map<String, String> selector) {
    // @formatter:off
    return Stream.of("topology.kubernetes.io/zone", "kubernetes.io/hostname")
        .map(key -> new TopologySpreadConstraintBuilder()
            .withMaxSkew(1)
            .withTopologyKey(key)
            .withWhenUnsatisfiable("ScheduleAnyway")
            .withNewLabelSelector()
              .withMatchLabels(selector)
            .endLabelSelector()
            .build())
        .toList();
    // @formatter:on
  }

  static Probe exec(String script, int period, int timeout, int failures) {
    // @formatter:off
    return new ProbeBuilder()
        .withNewExec()
          .withCommand("/bin/sh", "/scripts/" + script + ".sh")
        .endExec()
        .withPeriodSeconds(period)
        .withTimeoutSeconds(timeout)
        .withFailureThreshold(failures)
        .build();
    // @formatter:on
  }

  static SecurityContext restricted() {
    // @formatter:off
    return new SecurityContextBuilder()
        .withAllowPrivilegeEscalation(false)
        .withReadOnlyRootFilesystem(true)
        .withNewCapabilities()
          .withDrop("ALL")
        .endCapabilities()
        .build();
    // @formatter:on
  }

  static Volume inMemory() {
    return new VolumeBuilder()
        .withName("data")
        .withNewEmptyDir()
        .withSizeLimit(new Quantity("1Gi"))
        .endEmptyDir()
        .build();
  }

  static Volume configMap(String name, String configMap) {
    return new VolumeBuilder()
        .withName(name)
        .withNewConfigMap()
        .withName(configMap)
        .endConfigMap()
        .build();
  }

  static Volume secret(String name, String secret) {
    // @formatter:off
    return new VolumeBuilder()
        .withName(name)
        .withNewSecret()
          .withSecretName(secret)
          .withDefaultMode(READABLE_BY_GROUP)
        .endSecret()
        .build();
    // @formatter:on
  }

  /** A volume named after its only user, or "passwords", with a file for each user. */
  static Volume password(Plan plan, User... users) {
    String name = users.length == 1 ? users[0].text() : "passwords";
    // @formatter:off
    return new VolumeBuilder(secret(name, plan.instance().authSecret()))
        .editSecret()
          .withItems(Stream.of(users).map(user -> new KeyToPath(user.text(), null, user.text())).toList())
        .endSecret()
        .build();
    // @formatter:on
  }
}
