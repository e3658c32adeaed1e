package io.sessionstorage.compose.plan;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Quantity;
import io.sessionstorage.api.Instance;
import io.sessionstorage.api.InvalidInput;
import io.sessionstorage.api.IssuerRef;
import io.sessionstorage.api.Network;
import io.sessionstorage.api.PlatformDefaults;
import io.sessionstorage.api.PlatformDefaults.Preset;
import io.sessionstorage.api.Problem;
import io.sessionstorage.api.SessionStorage;
import io.sessionstorage.api.Store.Managed;
import io.sessionstorage.compose.tls.Certificates;
import java.math.BigDecimal;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.random.RandomGenerator;
import java.util.stream.IntStream;
import org.jspecify.annotations.Nullable;

/**
 * Every decision about one store.
 *
 * @param nodes how many pods hold the data when the store is not suspended
 * @param replicas 0: suspended
 * @param volume of each node; null: in memory only
 * @param valkeyConf what takes effect when Valkey starts
 * @param liveConf what is applied to the running Valkey
 * @param connection the data of the connection Secret
 * @param proxy what leads clients to the primary; null: there is only one node
 * @param observation what the observer of a store of several nodes says
 * @param tls null: no TLS
 * @param vault the key to the backups, and their volume; null: there are none
 * @param backup null: none are made
 * @param restoration null: the store begins empty
 * @param restic the image of what stores backups
 * @param maxmemory how many bytes the data may take
 * @param labels for every object, the platform's own included
 */
public record Plan(
    Instance instance,
    String version,
    String image,
    List<String> imagePullSecrets,
    int nodes,
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
    @Nullable Proxy proxy,
    Observation observation,
    @Nullable Tls tls,
    @Nullable Vault vault,
    @Nullable BackupPlan backup,
    @Nullable Restoration restoration,
    String restic,
    long maxmemory,
    String clusterDomain,
    Map<String, String> labels,
    boolean deletionProtection) {
  /** Valkey's port. */
  public static final int PORT = Connection.PORT;

  /** Sentinel's port. */
  public static final int SENTINEL_PORT = 26379;

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
      RandomGenerator random,
      Instant now)
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
    boolean replicated = store.size().nodes() > 1;
    refuseNewPasswords(replicated, store.suspend(), instance, observed);
    refuseHalfTls(replicated, store, instance, observed);
    Tls tls = tls(store, instance, defaults, observed, now);
    Credentials credentials = Credentials.of(store, observed, random, now);
    Vault vault = Vault.of(store.backup(), maxmemory, defaults, observed, random);
    Restoration restoration = Restoration.of(store, instance, observed);
    boolean waits =
        (tls instanceof Tls.Issued && tls.trust().isEmpty() && !isRunning(observed))
            || (restoration != null && restoration.holds());
    String host = Connection.host(instance, defaults.clusterDomain());
    ValkeyConf conf =
        new ValkeyConf(persistent, replicated, store.tls(), maxmemory, store.evictionPolicy());
    return new Plan(
        instance,
        version,
        Objects.requireNonNull(defaults.images().get(version)),
        defaults.imagePullSecrets(),
        store.size().nodes(),
        store.suspend() || waits ? 0 : store.size().nodes(),
        Objects.requireNonNullElse(store.cpu(), preset.cpu()),
        memory,
        volume,
        conf.valkeyConf(),
        conf.liveConf(),
        credentials,
        host,
        Connection.data(host, credentials, tls, observed.secret(Keys.CONNECTION)),
        store.network(),
        replicated ? Proxy.of(instance, defaults, credentials, tls) : null,
        Observation.of(replicated && !store.suspend(), observed),
        tls,
        vault,
        store.backup() == null || vault == null
            ? null
            : BackupPlan.of(store.backup(), instance, vault.lost(), observed, now),
        restoration,
        defaults.restic(),
        maxmemory,
        defaults.clusterDomain(),
        labels(instance, defaults),
        storage.deletionProtection());
  }

  /** Without the long texts: a store has one plan at a time. */
  @Override
  public int hashCode() {
    return instance.hashCode();
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

  /** Whether a Job is wanted that sees how far the replacement of passwords is. */
  public boolean proves() {
    return replicas > 0 && credentials.rotation().step().isProven();
  }

  /** Whether several nodes hold the data. */
  public boolean replicated() {
    return nodes > 1;
  }

  /** The host names of all pods, in order. */
  public List<String> hosts() {
    return IntStream.range(0, nodes).mapToObj(i -> host(instance, i, clusterDomain)).toList();
  }

  /** The host name that has the address of every proxy, while {@link #proves()}. */
  public String proxies() {
    return "%s.%s.svc.%s".formatted(instance.rotation(), instance.namespace(), clusterDomain);
  }

  static String host(Instance instance, int ordinal, String clusterDomain) {
    return String.join(
        ".",
        instance.pod(ordinal),
        instance.headlessService(),
        instance.namespace(),
        "svc",
        clusterDomain);
  }

  /** What every object of another component than Valkey is labelled with. */
  public Map<String, String> labels(Map<String, String> selector) {
    Map<String, String> all = new LinkedHashMap<>(labels);
    all.putAll(selector);
    return all;
  }

  /**
   * Nodes know each other by passwords. Of the old ones at least the hashes have to be known: nodes
   * that accept nothing but new ones, and nodes that do not know these yet, would part.
   */
  private static void refuseNewPasswords(
      boolean replicated, boolean suspended, Instance instance, Observed observed)
      throws InvalidInput {
    int running = observed.get(Keys.STATEFUL_SET).path("status").path("replicas").asInt();
    if (replicated
        && !suspended
        && running > 0
        && !observed.has(Keys.AUTH)
        && !observed.has(Keys.ACL)) {
      throw new InvalidInput(
          List.of(
              new Problem(
                  "spec.suspend",
                  "Secrets %s and %s are gone and the nodes run with their passwords: put one of them back, or set spec.suspend to true until the store is Suspended, and new ones are made"
                      .formatted(instance.authSecret(), instance.aclSecret()))));
    }
  }

  private static @Nullable Tls tls(
      Managed store, Instance instance, PlatformDefaults defaults, Observed observed, Instant now) {
    if (!store.tls()) {
      return null;
    }
    List<String> names = ServerNames.of(instance, store.size().nodes(), defaults.clusterDomain());
    IssuerRef issuer = store.issuer();
    return issuer == null
        ? new Tls.Own(
            instance.tlsSecret(),
            Certificates.of(observed.secret(Keys.TLS), instance.primaryName(), names, now))
        : Tls.Issued.of(instance.issuedSecret(), issuer, names, observed, now);
  }

  static boolean isRunning(Observed observed) {
    JsonNode statefulSet = observed.get(Keys.STATEFUL_SET);
    return statefulSet.path("spec").path("replicas").asInt() > 0
        || statefulSet.path("status").path("replicas").asInt() > 0;
  }

  /** The certificates of the store's own authority; null if it has none. */
  public @Nullable Certificates certificates() {
    return tls instanceof Tls.Own own ? own.certificates() : null;
  }

  /** Whether nothing is started because no certificate was issued yet. */
  public boolean awaitsCertificate() {
    return replicas == 0 && tls instanceof Tls.Issued && tls.trust().isEmpty();
  }

  /**
   * Nodes with TLS and nodes without do not talk to each other, and those of two authorities do not
   * trust each other.
   */
  private static void refuseHalfTls(
      boolean replicated, Managed store, Instance instance, Observed observed) throws InvalidInput {
    JsonNode statefulSet = observed.get(Keys.STATEFUL_SET);
    boolean running = statefulSet.path("status").path("replicas").asInt() > 0;
    if (!replicated || !running || store.suspend()) {
      return;
    }
    Optional<String> before = Tls.secretOf(statefulSet);
    if (before.isPresent() != store.tls()) {
      throw notWhileRunning(
          "spec.tls.enabled", "those with TLS and those without do not understand each other");
    }
    IssuerRef issuer = store.issuer();
    String secret = issuer == null ? instance.tlsSecret() : instance.issuedSecret();
    JsonNode issuedBy = observed.get(Keys.CERTIFICATE).path("spec").path("issuerRef");
    boolean sameIssuer =
        issuer == null
            || issuedBy.isMissingNode()
            || issuer.equals(
                new IssuerRef(
                    issuedBy.path("name").asText(),
                    issuedBy.path("kind").asText(),
                    issuedBy.path("group").asText()));
    if (store.tls() && !(before.equals(Optional.of(secret)) && sameIssuer)) {
      throw notWhileRunning(
          "spec.tls.issuerRef", "those with certificates of two issuers do not trust each other");
    }
  }

  private static InvalidInput notWhileRunning(String field, String why) {
    return new InvalidInput(
        List.of(
            new Problem(
                field,
                "cannot change while nodes run, because %s: set spec.suspend to true until the store is Suspended, then set it to false"
                    .formatted(why))));
  }

  static Map<String, String> labels(Instance instance, PlatformDefaults defaults) {
    Map<String, String> labels = new LinkedHashMap<>(defaults.labels());
    labels.putAll(instance.selector());
    labels.put("app.kubernetes.io/part-of", "toolhive");
    labels.put("app.kubernetes.io/managed-by", "crossplane");
    return labels;
  }
}
