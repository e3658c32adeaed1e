package io.sessionstorage.provider.managed;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.Operator;
import io.javaoperatorsdk.operator.api.config.Cloner;
import io.javaoperatorsdk.operator.api.config.ResolvedControllerConfiguration;
import io.javaoperatorsdk.operator.api.config.informer.InformerConfiguration;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.processing.retry.GenericRetry;
import java.time.Duration;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * The running controllers. Each is an operator of the Operator SDK of its own, because an operator
 * that runs takes no more controllers, and a kind may come later than the others.
 */
public final class Controllers implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Controllers.class);

  /** Threads cost nothing; this bounds what one slow server can hold up, and what it can take. */
  private static final int AT_A_TIME = 100;

  private static final Duration GRACE = Duration.ofSeconds(20);
  private static final int FIRST_RETRY_MILLIS = 1000;
  private static final int LAST_RETRY_MILLIS = 60_000;

  /**
   * No reconciler changes the object that it is given, so that none has to be copied: at rest, that
   * was a quarter of the provider's work.
   */
  private static final Cloner UNCHANGED =
      new Cloner() {
        @Override
        public <R extends HasMetadata> R clone(R object) {
          return object;
        }
      };

  private final KubernetesClient client;
  private final Settings settings;
  private final Events events;
  private final Metrics metrics;
  private final ChangeLog changes;
  private final RateLimit rateLimit;
  private final List<Operator> operators = new CopyOnWriteArrayList<>();

  /** Starts none yet. */
  public Controllers(
      KubernetesClient client,
      Settings settings,
      Events events,
      Metrics metrics,
      ChangeLog changes) {
    this.client = client;
    this.settings = settings;
    this.events = events;
    this.metrics = metrics;
    this.changes = changes;
    this.rateLimit = new RateLimit(settings.maxReconcileRate(), System::nanoTime);
  }

  /** Reconciles a kind of managed resource from now on. */
  public <R extends ManagedResource<P, O>, P, O, C> void start(Kind<R, P, O, C> kind) {
    start(
        kind.type(),
        "managed",
        new ManagedReconciler<>(kind, client, events, metrics, changes, settings));
  }

  /**
   * Reconciles another kind from now on: at each change of what its users want, and after it is
   * gone.
   *
   * @param prefix of the controller's name
   */
  public <R extends HasMetadata> void start(
      Class<R> type, String prefix, Reconciler<R> reconciler) {
    ExecutorService threads =
        Executors.newFixedThreadPool(
            AT_A_TIME, Thread.ofVirtual().name(HasMetadata.getSingular(type) + "-", 0).factory());
    Operator operator =
        new Operator(
            configuration ->
                configuration
                    .withKubernetesClient(client)
                    .withExecutorService(threads)
                    .withCloseClientOnStop(false)
                    .withResourceCloner(UNCHANGED)
                    .withUseSSAToPatchPrimaryResource(false)
                    .withReconciliationTerminationTimeout(GRACE));
    operator.register(
        reconciler,
        new ResolvedControllerConfiguration<>(
            name(prefix, type).replace('/', '.'),
            false,
            reconciler.getClass().getName(),
            new GenericRetry()
                .setInitialInterval(FIRST_RETRY_MILLIS)
                .setIntervalMultiplier(2)
                .setMaxInterval(LAST_RETRY_MILLIS)
                .setMaxAttempts(-1),
            rateLimit,
            settings.sync(),
            null,
            Map.of(),
            null,
            operator.getConfigurationService(),
            InformerConfiguration.builder(type)
                .withOnUpdateFilter(new Trigger<R>())
                .buildForController(),
            true,
            null));
    operator.start();
    operators.add(operator);
    LOG.atInfo().addKeyValue("controller", name(prefix, type)).log("started");
  }

  /** {@code managed/user.valkey.example.org}, as Crossplane names controllers. */
  public static String name(String prefix, Class<? extends HasMetadata> type) {
    String kind = HasMetadata.getKind(type).toLowerCase(Locale.ROOT);
    return prefix + "/" + kind + "." + HasMetadata.getGroup(type);
  }

  /** Whether every controller that was started sees changes. */
  public boolean healthy() {
    return operators.stream().allMatch(it -> it.getRuntimeInfo().allEventSourcesAreHealthy());
  }

  /** Lets reconciles that run end, for at most twenty seconds. */
  @Override
  public void close() {
    List<Thread> stopping =
        operators.stream().map(it -> Thread.ofVirtual().start(it::stop)).toList();
    for (Thread thread : stopping) {
      try {
        thread.join(GRACE);
      } catch (InterruptedException e) {
        Thread.currentThread().interrupt();
        return;
      }
    }
  }
}
