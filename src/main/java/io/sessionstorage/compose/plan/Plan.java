package io.sessionstorage.compose.plan;

import io.fabric8.kubernetes.api.model.Quantity;
import io.sessionstorage.api.Instance;
import io.sessionstorage.api.InvalidInput;
import io.sessionstorage.api.Network;
import io.sessionstorage.api.PlatformDefaults;
import io.sessionstorage.api.PlatformDefaults.Preset;
import io.sessionstorage.api.Problem;
import io.sessionstorage.api.SessionStorage;
import io.sessionstorage.api.Store.Managed;
import java.math.BigDecimal;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * Every decision about one store that runs on one node.
 *
 * @param replicas 0: suspended
 * @param volume null: in memory only
 * @param valkeyConf what takes effect when Valkey starts
 * @param liveConf what is applied to the running Valkey
 * @param connection the data of the connection Secret
 * @param labels for every object, the platform's own included
 */
public record Plan(
    Instance instance,
    String version,
    String image,
    List<String> imagePullSecrets,
    int replicas,
    Quantity cpu,
    Quantity memory,
    @Nullable Volume volume,
    String valkeyConf,
    String liveConf,
    Credentials credentials,
    String host,
    Map<String, String> connection,
    Network network,
    Map<String, String> labels,
    boolean deletionProtection) {
  /** Valkey's port. */
  public static final int PORT = Connection.PORT;

  private static final BigDecimal SHARE_IN_MEMORY = new BigDecimal("0.75");
  private static final BigDecimal SHARE_PERSISTENT = new BigDecimal("0.60");

  /**
   * Decides.
   *
   * @throws InvalidInput if what is asked for is not allowed, or cannot be had from what exists
   */
  public static Plan of(
      SessionStorage storage,
      Managed store,
      PlatformDefaults defaults,
      Observed observed,
      RandomGenerator random)
      throws InvalidInput {
    List<Problem> problems = new ArrayList<>(defaults.refusals(storage));
    Preset preset = defaults.preset(store.size());
    Quantity memory = Objects.requireNonNullElse(store.memory(), preset.memory());
    boolean persistent = store.size().persistent();
    long maxmemory =
        memory
            .getNumericalAmount()
            .multiply(persistent ? SHARE_PERSISTENT : SHARE_IN_MEMORY)
            .longValue();
    Volume volume = persistent ? Volume.of(store, maxmemory, defaults, observed, problems) : null;
    if (volume != null && volume.size().getNumericalAmount().longValue() < 2 * maxmemory) {
      problems.add(
          new Problem(
              "spec.storage.size",
              "%s is too little for %s of memory, because the log on disk is rewritten beside the old one: use %dMi or more"
                  .formatted(volume.size(), memory, ((2 * maxmemory) >> 20) + 1)));
    }
    String version = version(store, defaults);
    refuseDowngrade(persistent, version, observed, problems);
    if (!problems.isEmpty()) {
      throw new InvalidInput(problems);
    }
    Instance instance = storage.instance();
    Credentials credentials = Credentials.of(observed, random);
    String host = Connection.host(instance, defaults.clusterDomain());
    ValkeyConf conf = new ValkeyConf(persistent, maxmemory, store.evictionPolicy());
    return new Plan(
        instance,
        version,
        Objects.requireNonNull(defaults.images().get(version)),
        defaults.imagePullSecrets(),
        store.suspend() ? 0 : 1,
        Objects.requireNonNullElse(store.cpu(), preset.cpu()),
        memory,
        volume,
        conf.valkeyConf(),
        conf.liveConf(),
        credentials,
        host,
        Connection.data(host, credentials, observed.secret(Keys.CONNECTION)),
        store.network(),
        labels(instance, defaults),
        storage.deletionProtection());
  }

  private static String version(Managed store, PlatformDefaults defaults) {
    if (store.version() != null) {
      return store.version();
    }
    return defaults.versions() == null
            || defaults.versions().contains(PlatformDefaults.DEFAULT_VERSION)
        ? PlatformDefaults.DEFAULT_VERSION
        : defaults.versions().stream()
            .max(Comparator.comparing(BigDecimal::new))
            .orElse(PlatformDefaults.DEFAULT_VERSION);
  }

  /** An older Valkey does not read what a newer one has written. */
  private static void refuseDowngrade(
      boolean persistent, String version, Observed observed, List<Problem> problems) {
    String running = observed.composite().path("status").path("version").asText("");
    if (persistent
        && observed.has(Keys.DATA)
        && SessionStorage.VERSIONS.contains(running)
        && new BigDecimal(version).compareTo(new BigDecimal(running)) < 0) {
      problems.add(
          new Problem(
              "spec.version",
              "%s cannot read the data of %s: set %2$s or newer, or make a new SessionStorage"
                  .formatted(version, running)));
    }
  }

  private static Map<String, String> labels(Instance instance, PlatformDefaults defaults) {
    Map<String, String> labels = new LinkedHashMap<>(defaults.labels());
    labels.putAll(instance.selector());
    labels.put("app.kubernetes.io/part-of", "toolhive");
    labels.put("app.kubernetes.io/managed-by", "crossplane");
    return labels;
  }
}
