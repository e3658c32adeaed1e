package io.sessionstorage.provider;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.OperatorException;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.sessionstorage.provider.config.Api;
import io.sessionstorage.provider.config.ClusterProviderConfig;
import io.sessionstorage.provider.config.Configs;
import io.sessionstorage.provider.config.ProviderConfig;
import io.sessionstorage.provider.config.ProviderConfigUsage;
import io.sessionstorage.provider.managed.ChangeLog;
import io.sessionstorage.provider.managed.Controllers;
import io.sessionstorage.provider.managed.Events;
import io.sessionstorage.provider.managed.Kind;
import io.sessionstorage.provider.managed.Metrics;
import io.sessionstorage.provider.managed.Settings;
import io.sessionstorage.valkey.Servers;
import java.time.Duration;
import java.util.ArrayList;
import java.util.List;
import java.util.Set;
import java.util.concurrent.CountDownLatch;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.atomic.AtomicBoolean;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The provider: starts each kind's controller as soon as its definition is there. */
public final class Provider implements AutoCloseable {
  /** The package's name. */
  static final String NAME = "provider-valkey";

  private static final Logger LOG = LoggerFactory.getLogger(Provider.class);
  private static final Duration LOOK = Duration.ofSeconds(2);
  private static final List<Class<? extends HasMetadata>> CONFIG =
      List.of(ProviderConfigUsage.class, ProviderConfig.class, ClusterProviderConfig.class);

  private final KubernetesClient client;
  private final @Nullable Leadership leadership;
  private final Events events;
  private final Controllers controllers;
  private final Configs configs;
  private final Servers servers = new Servers();
  private final Gate gate;
  private final List<Kind<?, ?, ?, ?>> waiting;
  private final CountDownLatch stopped = new CountDownLatch(1);
  private final AtomicBoolean closed = new AtomicBoolean();
  private volatile @Nullable Future<?> election;
  private volatile boolean lost;
  private volatile boolean started;

  /**
   * Starts nothing yet.
   *
   * @param leadership null: work without asking
   * @param changes is told of every change, and not closed
   */
  public Provider(
      KubernetesClient client,
      Settings settings,
      @Nullable Leadership leadership,
      PrometheusRegistry registry,
      ChangeLog changes) {
    this.client = client;
    this.leadership = leadership;
    this.events = new Events(client, settings.clock());
    this.controllers =
        new Controllers(client, settings, events, new Metrics(registry, settings.clock()), changes);
    this.configs = new Configs(client, events, settings.clock());
    this.gate = new Gate(client, Api.GROUP + "/" + Api.VERSION);
    this.waiting = new ArrayList<>(ManagedKinds.all(client, configs, servers, settings.clock()));
  }

  /**
   * Runs until it is closed, or another one has become leader.
   *
   * @return false if it has lost the leadership
   */
  public boolean run() throws InterruptedException {
    if (leadership == null) {
      Thread.ofVirtual().name("start").start(this::work);
    } else {
      var elector =
          leadership.elector(
              client, () -> Thread.ofVirtual().name("start").start(this::work), this::lose);
      election = elector.start();
    }
    stopped.await();
    return !lost;
  }

  /** Whether all that was started sees changes; a replica that waits for its turn is well, too. */
  public boolean healthy() {
    return !closed.get() && controllers.healthy();
  }

  /** Whether the controllers of ProviderConfigs run. */
  boolean started() {
    return started;
  }

  private void lose() {
    if (!closed.get()) {
      LOG.atError().log("lost the leadership");
      lost = true;
      stopped.countDown();
    }
  }

  private void work() {
    try {
      awaitConfigs();
      configs.start(controllers);
      started = true;
      while (!waiting.isEmpty() && !closed.get()) {
        Set<String> served = gate.served();
        waiting.removeIf(kind -> served.contains(HasMetadata.getKind(kind.type())) && start(kind));
        pause();
      }
    } catch (InterruptedException e) {
      LOG.atDebug().log("stopped while it waited for kinds");
    } catch (OperatorException e) {
      LOG.atError().setCause(e).log("cannot start");
      lost = true;
      stopped.countDown();
    }
  }

  private void awaitConfigs() throws InterruptedException {
    while (!closed.get()) {
      Set<String> served = gate.served();
      if (CONFIG.stream()
          .allMatch(kind -> served.contains(HasMetadata.getKind(kind)) && gate.readable(kind))) {
        return;
      }
      pause();
    }
    throw new InterruptedException();
  }

  private void pause() throws InterruptedException {
    if (stopped.await(LOOK.toMillis(), TimeUnit.MILLISECONDS)) {
      throw new InterruptedException();
    }
  }

  private boolean start(Kind<?, ?, ?, ?> kind) {
    if (!gate.readable(kind.type())) {
      return false;
    }
    controllers.start(kind);
    return true;
  }

  /** Lets what runs end, and stops. */
  @Override
  public void close() {
    if (closed.compareAndSet(false, true)) {
      controllers.close();
      // Not before: the next leader begins at once.
      Future<?> candidacy = election;
      if (candidacy != null && leadership != null) {
        candidacy.cancel(true);
        leadership.release(client);
      }
      servers.close();
      events.close();
      stopped.countDown();
    }
  }
}
