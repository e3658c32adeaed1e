package io.sessionstorage.provider;

import io.fabric8.kubernetes.client.Config;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.sessionstorage.provider.changelogs.Entries;
import io.sessionstorage.provider.changelogs.SocketChangeLog;
import io.sessionstorage.provider.managed.ChangeLog;
import io.sessionstorage.provider.managed.Settings;
import io.sessionstorage.serve.Addresses;
import io.sessionstorage.serve.Durations;
import io.sessionstorage.serve.HttpEndpoints;
import io.sessionstorage.serve.Logging;
import java.io.IOException;
import java.nio.file.Path;
import java.time.Duration;
import java.util.Objects;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;
import picocli.CommandLine.Command;
import picocli.CommandLine.Model.CommandSpec;
import picocli.CommandLine.Option;
import picocli.CommandLine.ParameterException;
import picocli.CommandLine.Spec;

/** Runs the provider. Flags and environment are the provider template's. */
@Command(
    name = "provider",
    description = "Runs the Crossplane provider against the cluster it is in.")
public final class ProviderCommand implements Callable<Integer> {
  private static final Logger LOG = LoggerFactory.getLogger(ProviderCommand.class);

  @Option(
      names = {"-d", "--debug"},
      defaultValue = "${env:DEBUG:-false}",
      fallbackValue = "true",
      description = "Log each step, never a secret. Environment: DEBUG.")
  private boolean debug;

  @Option(
      names = {"-l", "--leader-election"},
      defaultValue = "${env:LEADER_ELECTION:-false}",
      fallbackValue = "true",
      description =
          "Let one of several replicas work, and the others wait. Environment: LEADER_ELECTION.")
  private boolean leaderElection;

  @Option(
      names = {"-s", "--sync"},
      defaultValue = "${env:SYNC:-1h}",
      converter = Durations.class,
      description =
          "How often to reconcile what waits for nothing. Default: 1h. Environment: SYNC.")
  private Duration sync = Duration.ZERO;

  @Option(
      names = "--poll",
      defaultValue = "${env:POLL:-1m}",
      converter = Durations.class,
      description =
          "How often to look at each server, user and binding that is as it should be. Default: 1m. Environment: POLL.")
  private Duration poll = Duration.ZERO;

  @Option(
      names = "--poll-jitter-percentage",
      defaultValue = "${env:POLL_JITTER_PERCENTAGE:-10}",
      description = "By how much that varies, so that not all come at once. Default: 10.")
  private int pollJitter;

  @Option(
      names = "--poll-state-metric",
      defaultValue = "${env:POLL_STATE_METRIC:-5s}",
      converter = Durations.class,
      description = "Accepted and not used: the metrics of states are taken at each scrape.")
  void pollStateMetric(Duration interval) {
    LOG.atDebug().addKeyValue("interval", interval).log("states are counted at each scrape");
  }

  @Option(
      names = "--max-reconcile-rate",
      defaultValue = "${env:MAX_RECONCILE_RATE:-100}",
      description =
          "Reconciles per second, of all kinds together; ten times as many at once. Default: 100. Environment:"
              + " MAX_RECONCILE_RATE.")
  private int maxReconcileRate;

  @Option(
      names = "--enable-management-policies",
      negatable = true,
      defaultValue = "${env:ENABLE_MANAGEMENT_POLICIES:-true}",
      fallbackValue = "true",
      description =
          "Heed spec.managementPolicies. Default: true. Environment: ENABLE_MANAGEMENT_POLICIES.")
  private boolean managementPolicies;

  @Option(
      names = "--enable-changelogs",
      negatable = true,
      defaultValue = "${env:ENABLE_CHANGE_LOGS:-${env:ENABLE_CHANGELOGS:-false}}",
      fallbackValue = "true",
      description =
          "Alpha: tell a sidecar of each change of a store. Environment: ENABLE_CHANGE_LOGS, or ENABLE_CHANGELOGS.")
  private boolean changeLogs;

  @Option(
      names = "--changelogs-socket-path",
      defaultValue = "${env:CHANGELOGS_SOCKET_PATH:-/var/run/changelogs/changelogs.sock}",
      description =
          "The sidecar's socket. Default: /var/run/changelogs/changelogs.sock. Environment: CHANGELOGS_SOCKET_PATH.")
  private Path changeLogsSocket = Path.of("");

  @Option(
      names = "--metrics-address",
      defaultValue = "${env:METRICS_ADDRESS:-:8080}",
      description =
          "Where to serve /livez, /readyz and /metrics. Default: :8080. Environment: METRICS_ADDRESS.")
  private String metricsAddress = "";

  @Spec private @Nullable CommandSpec spec;

  /** Runs until the process is told to stop, or loses the leadership. */
  @Override
  public Integer call() throws IOException, InterruptedException {
    Logging.start(debug);
    PrometheusRegistry registry = new PrometheusRegistry();
    try (KubernetesClient client = Client.of(Config.autoConfigure(null));
        ChangeLog changes = changeLog(client);
        Provider provider = new Provider(client, settings(), leader(), registry, changes);
        HttpEndpoints http =
            new HttpEndpoints(Addresses.parse(metricsAddress), provider::healthy, registry)) {
      Runtime.getRuntime().addShutdownHook(Thread.ofPlatform().unstarted(provider::close));
      LOG.atInfo().addKeyValue("metricsPort", http.port()).log("starting");
      return provider.run() ? 0 : 1;
    }
  }

  private Settings settings() {
    if (maxReconcileRate < 1) {
      throw usage("--max-reconcile-rate must be at least 1");
    }
    if (pollJitter < 0 || pollJitter > 100) {
      throw usage("--poll-jitter-percentage must be from 0 to 100");
    }
    if (!poll.isPositive() || !sync.isPositive()) {
      throw usage("--poll and --sync must be longer than nothing");
    }
    Settings usual = Settings.DEFAULT;
    return new Settings(
        poll,
        pollJitter,
        sync,
        maxReconcileRate,
        managementPolicies,
        usual.timeout(),
        usual.creationGrace(),
        usual.deletionGrace(),
        usual.clock(),
        usual.random());
  }

  /** Without a change log, nothing of gRPC is loaded. */
  private ChangeLog changeLog(KubernetesClient client) {
    if (!changeLogs) {
      return ChangeLog.NONE;
    }
    LOG.atInfo().addKeyValue("socket", changeLogsSocket).log("change logs are enabled");
    return new SocketChangeLog(
        changeLogsSocket,
        new Entries(
            Provider.NAME + ":" + version(),
            client.getKubernetesSerialization(),
            Settings.DEFAULT.clock()));
  }

  private static String version() {
    String version = ProviderCommand.class.getPackage().getImplementationVersion();
    return version == null ? "development" : "v" + version;
  }

  private @Nullable Leadership leader() {
    return leaderElection ? Leadership.ofThisPod(System.getenv()) : null;
  }

  private ParameterException usage(String message) {
    return new ParameterException(Objects.requireNonNull(spec).commandLine(), message);
  }
}
