package io.sessionstorage.compose.resource;

import io.fabric8.kubernetes.api.model.EnvVar;
import io.fabric8.kubernetes.api.model.KeyToPath;
import io.fabric8.kubernetes.api.model.PodDNSConfig;
import io.fabric8.kubernetes.api.model.PodDNSConfigBuilder;
import io.fabric8.kubernetes.api.model.PodSecurityContext;
import io.fabric8.kubernetes.api.model.PodSecurityContextBuilder;
import io.fabric8.kubernetes.api.model.Probe;
import io.fabric8.kubernetes.api.model.ProbeBuilder;
import io.fabric8.kubernetes.api.model.Quantity;
import io.fabric8.kubernetes.api.model.SecurityContext;
import io.fabric8.kubernetes.api.model.SecurityContextBuilder;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraint;
import io.fabric8.kubernetes.api.model.TopologySpreadConstraintBuilder;
import io.fabric8.kubernetes.api.model.Volume;
import io.fabric8.kubernetes.api.model.VolumeBuilder;
import io.fabric8.kubernetes.api.model.VolumeMount;
import io.fabric8.kubernetes.api.model.VolumeMountBuilder;
import io.sessionstorage.compose.plan.Keys;
import io.sessionstorage.compose.plan.Plan;
import io.sessionstorage.compose.plan.User;
import io.sessionstorage.compose.tls.Certificates;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What pods have in common. */
final class Parts {
  /** The volume with passwords. */
  static final String PASSWORDS = "passwords";

  private static final int READABLE_BY_GROUP = 0440;
  private static final long VALKEY = 999;

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

  /** The user and group of the public Valkey images. */
  static PodSecurityContext valkeyUser() {
    // @formatter:off
    return new PodSecurityContextBuilder()
        .withRunAsNonRoot(true)
        .withRunAsUser(VALKEY)
        .withRunAsGroup(VALKEY)
        .withFsGroup(VALKEY)
        .withFsGroupChangePolicy("OnRootMismatch")
        .withNewSeccompProfile()
          .withType("RuntimeDefault")
        .endSeccompProfile()
        .build();
    // @formatter:on
  }

  /** What cluster.sh has to know, but for the pod's own name. */
  static List<EnvVar> nodes(Plan plan) {
    return List.of(
        new EnvVar("NODES", String.join(" ", plan.hosts()), null),
        new EnvVar("PRIMARY_NAME", plan.instance().primaryName(), null));
  }

  /** For names that are complete. */
  static PodDNSConfig impatientDns() {
    // @formatter:off
    return new PodDNSConfigBuilder()
        .addNewOption("ndots", "1")
        .addNewOption("timeout", "1")
        .addNewOption("attempts", "1")
        .build();
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

  /** Some files of a Secret, whose other keys no container sees. */
  static Volume secret(String name, String secret, String... keys) {
    // @formatter:off
    return new VolumeBuilder(secret(name, secret))
        .editSecret()
          .withItems(Stream.of(keys).map(key -> new KeyToPath(key, null, key)).toList())
        .endSecret()
        .build();
    // @formatter:on
  }

  /** The certificate, its key and the CA's certificate, but not the CA's key; empty without TLS. */
  static List<Volume> tls(Plan plan) {
    return tls(plan, Certificates.CA, Certificates.CERTIFICATE, Certificates.KEY);
  }

  /** The CA's certificate, for clients; empty without TLS. */
  static List<Volume> authority(Plan plan) {
    return tls(plan, Certificates.CA);
  }

  private static List<Volume> tls(Plan plan, String... files) {
    if (plan.tls() == null) {
      return List.of();
    }
    return List.of(secret(Keys.TLS, plan.tls().secret(), files));
  }

  static List<VolumeMount> tlsMount(Plan plan) {
    return plan.tls() == null
        ? List.of()
        : List.of(
            new VolumeMountBuilder()
                .withName(Keys.TLS)
                .withMountPath("/tls")
                .withReadOnly(true)
                .build());
  }

  /** A file for each user, with the password. */
  static Volume passwords(Plan plan, User... users) {
    return passwords(
        plan, Stream.of(users).map(user -> new KeyToPath(user.text(), null, user.text())).toList());
  }

  /** Some values of the Secret with the passwords, each as a file. */
  static Volume passwords(Plan plan, List<KeyToPath> files) {
    // @formatter:off
    return new VolumeBuilder(secret(PASSWORDS, plan.instance().authSecret()))
        .editSecret()
          .withItems(files)
        .endSecret()
        .build();
    // @formatter:on
  }

  static VolumeMount readOnly(String volume, String path) {
    return new VolumeMountBuilder().withName(volume).withMountPath(path).withReadOnly(true).build();
  }
}
