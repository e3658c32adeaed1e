package io.sessionstorage.provider.managed;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.sessionstorage.provider.Crds;
import io.sessionstorage.testing.KubeApi;
import java.time.Duration;
import java.time.Instant;
import java.util.ArrayList;
import java.util.Comparator;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.CopyOnWriteArrayList;
import java.util.function.UnaryOperator;
import org.jspecify.annotations.Nullable;

/** One widget on a real API server, and all that reconciles it, but for the Operator SDK. */
final class Bench implements AutoCloseable {
  static final String NAME = "one";

  final KubernetesClient client = client();

  /** Whose rights the reconciler has. */
  KubernetesClient reconcilerClient = client;

  final String namespace = KubeApi.namespace();
  final Script external = new Script();
  final List<String> connected = new CopyOnWriteArrayList<>();

  /** What the change log was told. */
  final List<Change> changes = new CopyOnWriteArrayList<>();

  final PrometheusRegistry registry = new PrometheusRegistry();
  @Nullable RuntimeException connectFails;
  boolean configEnds;
  Duration ahead = Duration.ZERO;
  Settings settings =
      SettingsBuilder.usualBut(
          it -> {
            it.pollJitterPercent = 0;
            it.creationGrace = Duration.ofSeconds(30);
            it.clock = () -> Instant.now().plus(ahead);
          });
  private final Events events = new Events(client, () -> settings.clock().instant());
  final Metrics metrics = new Metrics(registry, () -> settings.clock().instant());

  private static KubernetesClient client() {
    KubernetesClient client = KubeApi.client();
    KubeApi.install(Crds.definition(Widget.class));
    return client;
  }

  /** Creates the widget. */
  Bench widget(UnaryOperator<Widget> change) {
    Widget widget = new Widget();
    widget.setMetadata(new ObjectMetaBuilder().withNamespace(namespace).withName(NAME).build());
    widget.setSpec(new ManagedSpec<>(new Widget.Parameters("red"), null, null, null));
    client.resource(change.apply(widget)).create();
    return this;
  }

  Bench widget() {
    return widget(UnaryOperator.identity());
  }

  /** As a user changes it. */
  void edit(UnaryOperator<Widget> change) {
    client.resources(Widget.class).inNamespace(namespace).withName(NAME).edit(change);
  }

  void delete() {
    client.resources(Widget.class).inNamespace(namespace).withName(NAME).delete();
  }

  @Nullable Widget find() {
    return client.resources(Widget.class).inNamespace(namespace).withName(NAME).get();
  }

  Widget get() {
    return Objects.requireNonNull(find(), "the widget is gone");
  }

  /** One reconcile of the widget as it is now. */
  Requeue reconcile() {
    return reconcile(get());
  }

  /** One reconcile of the widget as it was. */
  Requeue reconcile(Widget widget) {
    Pass.Tools<Widget, Widget.Parameters, Widget.Seen> tools =
        new Pass.Tools<>(
            new ManagedApi<>(reconcilerClient, Widget.class),
            new ConnectionSecrets(reconcilerClient, settings.clock()),
            events,
            metrics,
            changes::add,
            settings,
            "managed/widget.test.example.org");
    String given = client.getKubernetesSerialization().asJson(widget);
    try {
      return new Pass<>(kind(), tools, widget).run();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
      throw new IllegalStateException(e);
    } finally {
      // It is the one of the informer's cache.
      assertThat(client.getKubernetesSerialization().asJson(widget)).isEqualTo(given);
    }
  }

  /** What the Operator SDK calls for all of its reconciles. */
  ManagedReconciler<Widget, Widget.Parameters, Widget.Seen, String> reconciler() {
    return new ManagedReconciler<>(kind(), client, events, metrics, changes::add, settings);
  }

  private Kind<Widget, Widget.Parameters, Widget.Seen, String> kind() {
    return new Kind<>(Widget.class, external, connector());
  }

  private Connector<String> connector() {
    return new Connector<>() {
      @Override
      public String connect(
          Id managed, @Nullable ProviderConfigReference reference, boolean deleted) {
        connected.add("connect");
        if (connectFails != null) {
          throw connectFails;
        }
        return "config";
      }

      @Override
      public boolean ends(Id managed, @Nullable ProviderConfigReference reference) {
        return configEnds;
      }

      @Override
      public void release(Id managed) {
        connected.add("release");
      }
    };
  }

  /** A condition as {@code STATUS REASON: MESSAGE}; empty if it is not there. */
  String condition(String type) {
    ManagedStatus<?> status = get().getStatus();
    return Conditions.find(status == null ? null : status.conditions(), type)
        .map(
            it ->
                it.status() + " " + it.reason() + (it.message() == null ? "" : ": " + it.message()))
        .orElse("");
  }

  /** The reasons of the widget's events, in their order, with the number of times. */
  List<Event> events() {
    events.flush();
    List<Event> all =
        new ArrayList<>(client.v1().events().inNamespace(namespace).list().getItems());
    all.sort(Comparator.comparing(it -> it.getMetadata().getName()));
    return all;
  }

  List<String> reasons() {
    return events().stream().map(Event::getReason).toList();
  }

  @Nullable Secret secret(String name) {
    return client.secrets().inNamespace(namespace).withName(name).get();
  }

  void assertGone() {
    assertThat(find()).isNull();
  }

  @Override
  public void close() {
    events.close();
  }
}
