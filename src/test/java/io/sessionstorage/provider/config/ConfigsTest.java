package io.sessionstorage.provider.config;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.prometheus.metrics.model.registry.PrometheusRegistry;
import io.sessionstorage.provider.Crds;
import io.sessionstorage.provider.managed.ChangeLog;
import io.sessionstorage.provider.managed.Condition;
import io.sessionstorage.provider.managed.ConnectionDetails;
import io.sessionstorage.provider.managed.Controllers;
import io.sessionstorage.provider.managed.Events;
import io.sessionstorage.provider.managed.External;
import io.sessionstorage.provider.managed.Kind;
import io.sessionstorage.provider.managed.Managed;
import io.sessionstorage.provider.managed.Metrics;
import io.sessionstorage.provider.managed.Observation;
import io.sessionstorage.provider.managed.Settings;
import io.sessionstorage.provider.managed.SettingsBuilder;
import io.sessionstorage.provider.managed.Widget;
import io.sessionstorage.testing.KubeApi;
import io.sessionstorage.testing.Requirement;
import io.sessionstorage.valkey.Endpoint;
import io.sessionstorage.valkey.Login;
import io.sessionstorage.valkey.Server;
import io.sessionstorage.valkey.Tls;
import java.time.Duration;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ConcurrentHashMap;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;

/** ProviderConfigs with their controllers, and a kind that uses them, on a real API server. */
class ConfigsTest {
  @SuppressWarnings("NullAway.Init") // before each test
  private KubernetesClient client;

  @SuppressWarnings("NullAway.Init") // before each test
  private String namespace;

  @SuppressWarnings("NullAway.Init") // before each test
  @AutoClose
  private Events events;

  @SuppressWarnings("NullAway.Init") // before each test
  @AutoClose
  private Controllers controllers;

  private final Shop shop = new Shop();

  /** Has every widget that it was asked to make. */
  private static final class Shop implements External<Widget.Parameters, Widget.Seen, Server> {
    final Map<String, Server> widgets = new ConcurrentHashMap<>();

    @Override
    public Observation<Widget.Seen> observe(
        Managed<Widget.Parameters, Widget.Seen, Server> managed) {
      return widgets.containsKey(managed.id().uid())
          ? Observation.current(new Widget.Seen("red")).with(Condition.available())
          : Observation.missing();
    }

    @Override
    public ConnectionDetails create(Managed<Widget.Parameters, Widget.Seen, Server> managed) {
      widgets.put(managed.id().uid(), managed.config());
      return ConnectionDetails.NONE;
    }

    @Override
    public ConnectionDetails update(
        Managed<Widget.Parameters, Widget.Seen, Server> managed,
        Observation<Widget.Seen> observation) {
      return ConnectionDetails.NONE;
    }

    @Override
    public void delete(Managed<Widget.Parameters, Widget.Seen, Server> managed) {
      widgets.remove(managed.id().uid());
    }
  }

  @BeforeEach
  void start() {
    client = KubeApi.client();
    Stream.of(
            ProviderConfig.class,
            ClusterProviderConfig.class,
            ProviderConfigUsage.class,
            Widget.class)
        .forEach(kind -> KubeApi.install(Crds.definition(kind)));
    namespace = KubeApi.namespace();
    events = new Events(client, InstantSource.system());
    provider();
  }

  /** One that has no memory. */
  private void provider() {
    Settings settings = SettingsBuilder.usualBut(it -> it.deletionGrace = Duration.ofSeconds(2));
    InstantSource clock = settings.clock();
    controllers =
        new Controllers(
            client, settings, events, new Metrics(new PrometheusRegistry(), clock), ChangeLog.NONE);
    Configs configs = new Configs(client, events, clock);
    configs.start(controllers);
    controllers.start(new Kind<>(Widget.class, shop, configs.servers()));
  }

  private void apply(String yaml) {
    HasMetadata object = client.getKubernetesSerialization().unmarshal(yaml);
    client.resource(object).inNamespace(namespace).create();
  }

  private void providerConfig() {
    apply(
        """
        apiVersion: valkey.m.toolhive.stacklok.dev/v1alpha1
        kind: ProviderConfig
        metadata: {name: mine}
        spec:
          endpoint: rediss://valkey.example.org:6380/3
          tls: {caSecretRef: {name: ca}, serverName: valkey}
          credentials: {source: Secret, secretRef: {name: login, key: word}, username: me}
        """);
  }

  private void secret(String name, Map<String, String> data) {
    client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withNamespace(namespace)
                .withName(name)
                .endMetadata()
                .withStringData(data)
                .build())
        .create();
  }

  private void widget(String kind) {
    apply(
        """
        apiVersion: test.example.org/v1alpha1
        kind: Widget
        metadata: {name: one}
        spec:
          forProvider: {color: red}
          providerConfigRef: {kind: %s, name: mine}
        """
            .formatted(kind));
  }

  private @Nullable Widget widget() {
    return client.resources(Widget.class).inNamespace(namespace).withName("one").get();
  }

  private @Nullable ProviderConfig config() {
    return client.resources(ProviderConfig.class).inNamespace(namespace).withName("mine").get();
  }

  private static List<Condition> conditions(@Nullable ProviderConfig config) {
    return config == null || config.getStatus() == null
        ? List.of()
        : Objects.requireNonNullElse(config.getStatus().conditions(), List.of());
  }

  private List<ProviderConfigUsage> usages() {
    return client.resources(ProviderConfigUsage.class).inNamespace(namespace).list().getItems();
  }

  private String condition(String type) {
    Widget widget = widget();
    return widget == null || widget.getStatus() == null
        ? ""
        : Objects.requireNonNullElse(widget.getStatus().conditions(), List.<Condition>of()).stream()
            .filter(it -> it.type().equals(type))
            .map(it -> it.status() + " " + it.reason() + " " + it.message())
            .findFirst()
            .orElse("");
  }

  private void readyWidget() {
    secret("ca", Map.of("ca.crt", "PEM"));
    secret("login", Map.of("word", "secret"));
    providerConfig();
    widget("ProviderConfig");
    await().untilAsserted(() -> assertThat(condition("Ready")).startsWith("True Available"));
  }

  @Test
  void aProviderConfigIsResolvedWithItsSecrets() {
    readyWidget();

    assertThat(shop.widgets)
        .containsEntry(
            Objects.requireNonNull(widget()).getMetadata().getUid(),
            new Server(
                new Endpoint("valkey.example.org", 6380, 3, true),
                new Tls("PEM", "valkey", null, null),
                new Login("me", "secret")));
  }

  @Test
  @Requirement(
      "Runtime: a ProviderConfigUsage of the resource's UID, owned by it, notes each use; status.users counts them, and in-use.crossplane.io keeps the config")
  void aUseIsNotedAndCounted() {
    readyWidget();
    String uid = Objects.requireNonNull(widget()).getMetadata().getUid();

    assertThat(usages())
        .singleElement()
        .satisfies(
            usage -> {
              assertThat(usage.getMetadata().getName()).isEqualTo(uid);
              assertThat(usage.getMetadata().getLabels())
                  .containsEntry("crossplane.io/provider-config", "mine")
                  .containsEntry("crossplane.io/provider-config-kind", "ProviderConfig");
              assertThat(usage.getFinalizers())
                  .containsExactly("finalizer.providerconfigusage.crossplane.io");
              assertThat(usage.getMetadata().getOwnerReferences())
                  .singleElement()
                  .matches(it -> it.getUid().equals(uid) && it.getController());
            });
    await()
        .untilAsserted(
            () ->
                assertThat(Objects.requireNonNull(config()).getStatus())
                    .isEqualTo(new ConfigStatus(1L, null)));
    assertThat(Objects.requireNonNull(config()).getFinalizers())
        .containsExactly("in-use.crossplane.io");
  }

  @Test
  @Requirement(
      "Runtime: a config in use is not deleted (condition Terminating, reason InUse, event UsageAccounting); the usage has a finalizer, so that it outlives its resource")
  void aConfigInUseIsNotDeletedAndGoesWithItsLastUser() {
    readyWidget();
    client.resources(ProviderConfig.class).inNamespace(namespace).withName("mine").delete();
    await()
        .untilAsserted(
            () ->
                assertThat(conditions(config()))
                    .singleElement()
                    .satisfies(
                        it -> {
                          assertThat(it.type()).isEqualTo("Terminating");
                          assertThat(it.reason()).isEqualTo("InUse");
                        }));
    await()
        .untilAsserted(
            () ->
                assertThat(client.v1().events().inNamespace(namespace).list().getItems())
                    .extracting(Event::getReason)
                    .contains("UsageAccounting"));
    // Garbage collection of a namespace may delete the usage at any time.
    client.resource(usages().getFirst()).delete();
    String uid = Objects.requireNonNull(widget()).getMetadata().getUid();
    client.resources(Widget.class).inNamespace(namespace).withName("one").delete();

    await().untilAsserted(() -> assertThat(widget()).isNull());
    await().untilAsserted(() -> assertThat(usages()).isEmpty());
    await().untilAsserted(() -> assertThat(config()).isNull());
    assertThat(shop.widgets).doesNotContainKey(uid);
  }

  private void usage(String name, String owner, String finalizers) {
    apply(
        """
        apiVersion: valkey.m.toolhive.stacklok.dev/v1alpha1
        kind: ProviderConfigUsage
        metadata:
          name: %s
          finalizers: %s
          ownerReferences: %s
        providerConfigRef: {kind: ProviderConfig, name: mine}
        resourceRef: {apiVersion: test.example.org/v1alpha1, kind: Widget, name: one}
        """
            .formatted(name, finalizers, owner));
  }

  @Test
  @Requirement(
      "Runtime: a ProviderConfigUsage that nobody controls, as a backup restores it, holds no config")
  void aUsageThatNobodyControlsHoldsNoConfig() {
    providerConfig();
    usage("restored", "[]", "[]");
    await()
        .untilAsserted(
            () ->
                assertThat(Objects.requireNonNull(config()).getStatus())
                    .isEqualTo(new ConfigStatus(0L, null)));

    client.resources(ProviderConfig.class).inNamespace(namespace).withName("mine").delete();

    await().untilAsserted(() -> assertThat(config()).isNull());
    await().untilAsserted(() -> assertThat(usages()).isEmpty());
  }

  @Test
  @Requirement(
      "Runtime: a ProviderConfigUsage that is deleted goes when its resource has ended while nobody looked, and stays while it is there")
  void aUsageGoesIfItsResourceHasEndedMeanwhile() {
    readyWidget();
    String uid = Objects.requireNonNull(widget()).getMetadata().getUid();
    usage(
        "another",
        "[{apiVersion: test.example.org/v1alpha1, kind: Widget, name: one, uid: another, controller: true}]",
        "[finalizer.providerconfigusage.crossplane.io]");

    client.resources(ProviderConfigUsage.class).inNamespace(namespace).delete();

    await()
        .untilAsserted(
            () ->
                assertThat(usages())
                    .extracting(it -> it.getMetadata().getName())
                    .containsOnly(uid));
    assertThat(usages().getFirst().getFinalizers()).isNotEmpty();
  }

  @Test
  @Requirement(
      "Runtime: what is wrong on the way to the external system is the message of Synced, and is tried again")
  void whatIsMissingIsSaidAndTriedAgain() {
    providerConfig();
    secret("ca", Map.of("ca.crt", "PEM"));
    widget("ProviderConfig");
    await()
        .untilAsserted(
            () ->
                assertThat(condition("Synced"))
                    .isEqualTo(
                        "False ReconcileError connect failed: cannot get Secret login of namespace %s, which the ProviderConfig refers to: create it, or correct the reference"
                            .formatted(namespace)));

    secret("login", Map.of("word", "secret"));

    await()
        .atMost(Duration.ofSeconds(60))
        .untilAsserted(() -> assertThat(condition("Ready")).startsWith("True"));
  }

  @Test
  void aSecretWithoutItsKeyIsNamedWithTheKey() {
    providerConfig();
    secret("ca", Map.of("ca.crt", "PEM"));
    secret("login", Map.of("password", "under the wrong key"));
    widget("ProviderConfig");

    await()
        .untilAsserted(
            () ->
                assertThat(condition("Synced"))
                    .isEqualTo(
                        "False ReconcileError connect failed: Secret login of namespace %s has no key word: add it, or name another key in the ProviderConfig"
                            .formatted(namespace)));
  }

  @Test
  void aResourceWhoseConfigNeverWasGoesAtOnce() {
    widget("ClusterProviderConfig");
    await()
        .untilAsserted(
            () ->
                assertThat(condition("Synced"))
                    .isEqualTo(
                        "False ReconcileError connect failed: cannot get ClusterProviderConfig mine: create it, or correct spec.providerConfigRef"));

    client.resources(Widget.class).inNamespace(namespace).withName("one").delete();

    await().untilAsserted(() -> assertThat(widget()).isNull());
    await()
        .untilAsserted(
            () -> assertThat(usages()).allSatisfy(it -> assertThat(it.getFinalizers()).isEmpty()));
  }

  @Test
  void aSecretThatGoesFirstHoldsNothingUp() {
    readyWidget();
    String uid = Objects.requireNonNull(widget()).getMetadata().getUid();
    client.secrets().inNamespace(namespace).withName("login").delete();

    client.resources(Widget.class).inNamespace(namespace).withName("one").delete();

    await().untilAsserted(() -> assertThat(widget()).isNull());
    assertThat(shop.widgets).doesNotContainKey(uid);
  }

  @Test
  void aSecretThatIsGoneWhenTheProviderStartsIsWaitedForUntilItsConfigGoes() {
    readyWidget();
    controllers.close();
    client.secrets().inNamespace(namespace).withName("login").delete();
    client.resources(Widget.class).inNamespace(namespace).withName("one").delete();
    provider();
    await()
        .untilAsserted(
            () ->
                assertThat(condition("Synced"))
                    .startsWith("False ReconcileError connect failed: cannot get Secret login"));

    client.resources(ProviderConfig.class).inNamespace(namespace).withName("mine").delete();

    await().atMost(Duration.ofMinutes(1)).untilAsserted(() -> assertThat(widget()).isNull());
    await()
        .untilAsserted(
            () -> assertThat(usages()).allSatisfy(it -> assertThat(it.getFinalizers()).isEmpty()));
  }
}
