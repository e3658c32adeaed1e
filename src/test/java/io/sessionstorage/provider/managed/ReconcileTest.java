package io.sessionstorage.provider.managed;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.sessionstorage.testing.KubeApi;
import io.sessionstorage.testing.Requirement;
import java.time.Duration;
import java.time.Instant;
import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Map;
import java.util.Objects;
import java.util.function.Consumer;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.BeforeEach;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;
import org.junit.jupiter.params.provider.ValueSource;

/** The order of one reconcile, step by step, against a real API server. */
class ReconcileTest {
  private static final String POLICY = "`spec.managementPolicies`";
  private static final String PAUSED =
      "False ReconcilePaused: Reconciliation is paused either through the `spec.managementPolicies` or the pause annotation";
  private static final String READY = "True Available";
  private static final String SYNCED = "True ReconcileSuccess";

  @SuppressWarnings("NullAway.Init") // before each test
  @AutoClose
  private Bench bench;

  @BeforeEach
  void start() {
    bench = new Bench();
  }

  /** What a resource is like, and what one reconcile makes of it. */
  record Case(
      String reason,
      UnaryOperator<Widget> widget,
      Consumer<Bench> world,
      List<String> calls,
      String ready,
      String synced,
      List<String> events,
      Class<? extends Requeue> requeue) {
    @Override
    public String toString() {
      return reason;
    }
  }

  private static UnaryOperator<Widget> plain() {
    return UnaryOperator.identity();
  }

  private static UnaryOperator<Widget> annotated(String key, String value) {
    return widget -> {
      widget.getMetadata().setAnnotations(Map.of(key, value));
      return widget;
    };
  }

  private static UnaryOperator<Widget> allowing(ManagementAction... actions) {
    return widget -> {
      widget.setSpec(
          new ManagedSpec<>(
              widget.getSpec().forProvider(),
              Arrays.asList(actions),
              widget.getSpec().providerConfigRef(),
              widget.getSpec().writeConnectionSecretToRef()));
      return widget;
    };
  }

  private static UnaryOperator<Widget> held(String... finalizers) {
    return widget -> {
      widget.getMetadata().setFinalizers(List.of(finalizers));
      return widget;
    };
  }

  private static UnaryOperator<Widget> both(UnaryOperator<Widget> one, UnaryOperator<Widget> two) {
    return widget -> two.apply(one.apply(widget));
  }

  private static Consumer<Bench> finds(Observation<Widget.Seen> observation) {
    return bench -> bench.external.observation = observation;
  }

  private static Observation<Widget.Seen> current() {
    return Observation.current(new Widget.Seen("red")).with(Condition.available());
  }

  private static Observation<Widget.Seen> outdated() {
    return Observation.outdated(new Widget.Seen("blue"), "color").with(Condition.available());
  }

  private static Consumer<Bench> deleted(Observation<Widget.Seen> observation) {
    return finds(observation).andThen(Bench::delete);
  }

  private static final String OURS = ManagedApi.FINALIZER;

  static Stream<Case> cases() {
    return Stream.of(
        new Case(
            "missing: it is created",
            plain(),
            finds(Observation.missing()),
            List.of("observe", "create"),
            "False Creating",
            SYNCED,
            List.of("CreatedExternalResource"),
            Requeue.Soon.class),
        new Case(
            "as wanted: nothing is done until the next poll",
            plain(),
            finds(current()),
            List.of("observe"),
            READY,
            SYNCED,
            List.of(),
            Requeue.After.class),
        new Case(
            "outdated: it is updated",
            plain(),
            finds(outdated()),
            List.of("observe", "update"),
            READY,
            SYNCED,
            List.of("UpdatedExternalResource"),
            Requeue.After.class),
        new Case(
            "annotation paused: nothing is asked, nor again",
            annotated("crossplane.io/paused", "true"),
            finds(Observation.missing()),
            List.of(),
            "",
            PAUSED,
            List.of("ReconciliationPaused"),
            Requeue.Never.class),
        new Case(
            "policies empty: paused",
            allowing(),
            finds(Observation.missing()),
            List.of(),
            "",
            PAUSED,
            List.of("ReconciliationPaused"),
            Requeue.Never.class),
        new Case(
            "paused and deleted: it stays",
            both(held(OURS), annotated("crossplane.io/paused", "true")),
            deleted(current()),
            List.of(),
            "",
            PAUSED,
            List.of("ReconciliationPaused"),
            Requeue.Never.class),
        new Case(
            "policies that nobody supports",
            allowing(ManagementAction.CREATE),
            finds(Observation.missing()),
            List.of(),
            "",
            "False ReconcileError: "
                + POLICY
                + " is set to a value([Create]) which is not supported. Check docs for supported policies",
            List.of("CannotUseInvalidManagementPolicy"),
            Requeue.Never.class),
        new Case(
            "policies other than all, while they are not enabled",
            allowing(ManagementAction.OBSERVE),
            bench ->
                bench.settings =
                    SettingsBuilder.but(bench.settings, it -> it.managementPolicies = false),
            List.of(),
            "",
            "False ReconcileError: "
                + POLICY
                + " is set to a non-default value but the feature is not enabled: [Observe]",
            List.of("CannotUseInvalidManagementPolicy"),
            Requeue.Never.class),
        new Case(
            "only observed, and missing",
            allowing(ManagementAction.OBSERVE),
            finds(Observation.missing()),
            List.of("observe"),
            "",
            "False ReconcileError: observe failed: external resource does not exist",
            List.of("CannotObserveExternalResource"),
            Requeue.After.class),
        new Case(
            "only observed, and outdated: it stays as it is",
            allowing(ManagementAction.OBSERVE),
            finds(outdated()),
            List.of("observe"),
            READY,
            SYNCED,
            List.of(),
            Requeue.After.class),
        new Case(
            "may not be created, and is missing: no update of what is not there",
            allowing(ManagementAction.OBSERVE, ManagementAction.UPDATE),
            finds(Observation.missing()),
            List.of("observe"),
            "",
            SYNCED,
            List.of(),
            Requeue.After.class),
        new Case(
            "may not be updated",
            allowing(ManagementAction.OBSERVE, ManagementAction.CREATE, ManagementAction.DELETE),
            finds(outdated()),
            List.of("observe"),
            READY,
            SYNCED,
            List.of(),
            Requeue.After.class),
        new Case(
            "the ProviderConfig is missing",
            plain(),
            bench -> bench.connectFails = new ExternalFailure("there is none"),
            List.of(),
            "",
            "False ReconcileError: connect failed: there is none",
            List.of("CannotConnectToProvider"),
            Requeue.Soon.class),
        new Case(
            "the external system cannot be asked",
            plain(),
            bench -> bench.external.observeFails = new ExternalFailure("no route"),
            List.of("observe"),
            "",
            "False ReconcileError: observe failed: no route",
            List.of("CannotObserveExternalResource"),
            Requeue.Soon.class),
        new Case(
            "a failure that says the resource cannot be used",
            plain(),
            bench ->
                bench.external.observeFails =
                    new ExternalFailure("no route", List.of(Condition.unavailable("no route"))),
            List.of("observe"),
            "False Unavailable: no route",
            "False ReconcileError: observe failed: no route",
            List.of("CannotObserveExternalResource"),
            Requeue.Soon.class),
        new Case(
            "a bug is told from a failure",
            plain(),
            bench -> bench.external.observeFails = new IllegalStateException("secret"),
            List.of("observe"),
            "",
            "False ReconcileError: observe failed: a bug in the provider, see its log: IllegalStateException",
            List.of("CannotObserveExternalResource"),
            Requeue.Soon.class),
        new Case(
            "creation fails",
            plain(),
            bench -> bench.external.createFails = new ExternalFailure("full"),
            List.of("observe", "create"),
            "False Creating",
            "False ReconcileError: create failed: full",
            List.of("CannotCreateExternalResource"),
            Requeue.Soon.class),
        new Case(
            "update fails",
            plain(),
            finds(outdated())
                .andThen(bench -> bench.external.updateFails = new ExternalFailure("read only")),
            List.of("observe", "update"),
            READY,
            "False ReconcileError: update failed: read only",
            List.of("CannotUpdateExternalResource"),
            Requeue.Soon.class),
        new Case(
            "created a moment ago and not seen yet",
            annotated("crossplane.io/external-create-succeeded", Instant.now().toString()),
            finds(Observation.missing()),
            List.of("observe"),
            "",
            "",
            List.of("PendingExternalResource"),
            Requeue.Soon.class),
        new Case(
            "the end of a creation was not noted: names are known, so it goes on",
            annotated("crossplane.io/external-create-pending", Instant.now().toString()),
            finds(current()),
            List.of("observe"),
            READY,
            SYNCED,
            List.of(),
            Requeue.After.class),
        new Case(
            "deleted: the external resource goes first",
            held(OURS),
            deleted(current()),
            List.of("observe", "delete"),
            "False Deleting",
            SYNCED,
            List.of("DeletedExternalResource"),
            Requeue.Soon.class),
        new Case(
            "deleted, and that fails",
            held(OURS),
            deleted(current())
                .andThen(bench -> bench.external.deleteFails = new ExternalFailure("busy")),
            List.of("observe", "delete"),
            "False Deleting",
            "False ReconcileError: delete failed: busy",
            List.of("CannotDeleteExternalResource"),
            Requeue.Soon.class),
        new Case(
            "deleted, and others have not finished: it is kept",
            held(OURS, "example.org/other"),
            deleted(current()),
            List.of("observe"),
            "",
            "",
            List.of(),
            Requeue.Soon.class),
        new Case(
            "deleted in the foreground: nobody else is waited for",
            held(OURS, "foregroundDeletion"),
            deleted(current()),
            List.of("observe", "delete"),
            "False Deleting",
            SYNCED,
            List.of("DeletedExternalResource"),
            Requeue.Soon.class),
        new Case(
            "a request to reconcile",
            annotated("crossplane.io/reconcile-requested-at", "now"),
            finds(current()),
            List.of("observe"),
            READY,
            SYNCED,
            List.of("ReconcileRequestHandled"),
            Requeue.After.class));
  }

  @ParameterizedTest
  @MethodSource("cases")
  @Requirement(
      "Runtime: pause, policies, observe, create, update, late observation and deletion come in the order of the managed reconciler, each with its conditions, its event and its requeue")
  void oneReconcile(Case it) {
    bench.widget(it.widget());
    it.world().accept(bench);

    Requeue requeue = bench.reconcile();

    assertThat(bench.external.calls).isEqualTo(it.calls());
    assertThat(bench.changes.stream().map(change -> change.operation().name()))
        .as("what the change log was told")
        .isEqualTo(
            it.calls().stream()
                .filter(call -> !call.equals("observe"))
                .map(call -> call.toUpperCase(Locale.ROOT))
                .toList());
    assertThat(bench.condition("Ready")).isEqualTo(it.ready());
    assertThat(bench.condition("Synced")).isEqualTo(it.synced());
    assertThat(bench.reasons()).isEqualTo(it.events());
    assertThat(requeue).isInstanceOf(it.requeue());
  }

  @Test
  @Requirement(
      "Runtime: the finalizer finalizer.managedresource.crossplane.io is added before the external resource is made")
  void theFinalizerIsThereBeforeTheExternalResource() {
    bench.widget();
    bench.external.createFails = new ExternalFailure("full");

    bench.reconcile();

    assertThat(bench.get().getFinalizers())
        .containsExactly("finalizer.managedresource.crossplane.io");
  }

  @Test
  @Requirement(
      "Runtime: crossplane.io/external-name is the name of the object unless the user has set it")
  void theExternalNameIsTheUsersOrTheObjects() {
    bench.widget();

    bench.reconcile();

    assertThat(annotations()).containsEntry("crossplane.io/external-name", "one");

    bench.edit(annotated("crossplane.io/external-name", "chosen"));
    bench.reconcile();

    assertThat(annotations()).containsEntry("crossplane.io/external-name", "chosen");
    assertThat(bench.external.names).containsExactly("one", "chosen");
  }

  @Test
  @Requirement(
      "Runtime: external-create-pending is noted before a creation and external-create-succeeded after it")
  void aCreationIsNotedBeforeAndAfter() {
    bench.widget();

    bench.reconcile();

    assertThat(annotations())
        .containsKeys(
            "crossplane.io/external-create-pending", "crossplane.io/external-create-succeeded")
        .doesNotContainKey("crossplane.io/external-create-failed");
  }

  @Test
  @Requirement(
      "Runtime: external-create-succeeded is noted though the resource has changed during the creation")
  void theEndOfACreationIsNotedInAnyCase() {
    bench.widget();
    bench.external.whileCreating = () -> bench.edit(annotated("example.org/changed", "yes"));

    bench.reconcile();

    assertThat(annotations())
        .containsKeys("crossplane.io/external-create-succeeded", "example.org/changed");
  }

  @Test
  @Requirement("Runtime: the times of a creation are RFC 3339, to the second")
  void theTimesOfACreationAreReadByAnyProvider() {
    bench.widget();

    bench.reconcile();

    assertThat(annotations().get("crossplane.io/external-create-succeeded"))
        .matches("\\d{4}-\\d\\d-\\d\\dT\\d\\d:\\d\\d:\\d\\dZ");
  }

  @Test
  @Requirement("Runtime: a resource that is gone is not looked at")
  void aResourceThatIsGoneIsNotLookedAt() {
    bench.widget();
    Widget last = bench.get();
    bench.delete();

    Requeue requeue = bench.reconcile(last);

    assertThat(requeue).isInstanceOf(Requeue.Never.class);
    assertThat(bench.external.calls).isEmpty();
    assertThat(bench.secret("connection")).isNull();
  }

  @Test
  @Requirement("Core: what the provider may not do yet is said in an event, and tried again")
  void withoutTheRightToWriteNothingIsMade() {
    bench.widget();

    Requeue requeue = withoutRights();

    assertThat(requeue).isInstanceOf(Requeue.Soon.class);
    assertThat(bench.external.calls).isEmpty();
    assertThat(bench.events())
        .singleElement()
        .satisfies(
            it -> {
              assertThat(it.getReason()).isEqualTo("CannotInitializeManagedResource");
              assertThat(it.getMessage()).contains("forbidden").contains("nobody");
            });
  }

  @Test
  @Requirement(
      "Runtime: nothing is created unless external-create-pending can be noted (CannotUpdateManagedResource)")
  void nothingIsCreatedThatCannotBeNoted() {
    bench.widget(both(held(OURS), annotated("crossplane.io/external-name", "one")));

    Requeue requeue = withoutRights();

    assertThat(requeue).isInstanceOf(Requeue.Soon.class);
    assertThat(bench.external.calls).containsExactly("observe");
    assertThat(bench.reasons()).containsExactly("CannotUpdateManagedResource");
  }

  @Test
  @Requirement("Runtime: external-create-failed is noted when a creation fails")
  void aFailedCreationIsNoted() {
    bench.widget();
    bench.external.createFails = new ExternalFailure("full");

    bench.reconcile();

    assertThat(annotations())
        .containsKeys(
            "crossplane.io/external-create-pending", "crossplane.io/external-create-failed");
  }

  @Test
  @Requirement(
      "Runtime: a conflict (409) is no failure: nothing is created, and the newest is looked at again")
  void nothingIsCreatedForAResourceThatHasChangedMeanwhile() {
    bench.widget();
    Widget stale = bench.get();
    bench.edit(annotated("example.org/changed", "yes"));

    Requeue requeue = bench.reconcile(stale);

    assertThat(requeue).isInstanceOf(Requeue.Soon.class);
    assertThat(bench.external.calls).doesNotContain("create");
    assertThat(bench.reasons()).isEmpty();
  }

  @Test
  @Requirement(
      "Runtime: without the Delete policy the external resource stays, and nobody connects to it")
  void deletedWithoutTheDeletePolicyItGoesAndTheExternalResourceStays() {
    bench.widget(
        both(
            held(OURS),
            allowing(ManagementAction.OBSERVE, ManagementAction.CREATE, ManagementAction.UPDATE)));
    bench.external.observation = current();
    bench.delete();

    Requeue requeue = bench.reconcile();

    bench.assertGone();
    assertThat(bench.external.calls).isEmpty();
    assertThat(bench.connected).containsExactly("release");
    assertThat(requeue).isInstanceOf(Requeue.Never.class);
  }

  @Test
  @Requirement(
      "Runtime: the finalizer goes when the external resource is seen to be gone, never in the pass that deletes it")
  void deletedAndItsExternalResourceGoneItGoes() {
    bench.widget(held(OURS));
    bench.delete();

    bench.reconcile();

    bench.assertGone();
    assertThat(bench.connected).containsExactly("connect", "release");
  }

  @Test
  @Requirement("Runtime: a resource stays while the external system cannot be asked")
  void itDoesNotGoWhileTheExternalSystemCannotBeAsked() {
    bench.widget(held(OURS));
    bench.external.observeFails = new ExternalFailure("no route");
    bench.delete();

    bench.reconcile();

    assertThat(bench.get().getFinalizers()).contains(OURS);
  }

  @Test
  @Requirement(
      "Runtime: a resource stays while the external system cannot be asked. Not followed where the ProviderConfig is deleted, too: after five minutes it goes, with an event")
  void deletedWithItsConfigItGoesThoughTheExternalSystemCannotBeAsked() {
    bench.widget(held(OURS));
    bench.external.observeFails = new ExternalFailure("no route");
    bench.delete();
    bench.configEnds = true;

    bench.reconcile();
    assertThat(bench.get().getFinalizers()).as("it may come back").contains(OURS);

    bench.ahead = Duration.ofMinutes(6);
    Requeue requeue = bench.reconcile();

    bench.assertGone();
    assertThat(requeue).isInstanceOf(Requeue.Never.class);
    assertThat(bench.connected).last().isEqualTo("release");
    assertThat(bench.events())
        .last()
        .satisfies(
            it -> {
              assertThat(it.getReason()).isEqualTo("CannotDeleteExternalResource");
              assertThat(it.getMessage()).contains("left behind").endsWith("no route");
            });
  }

  @Test
  void aConfigThatStaysIsWaitedForHoweverLong() {
    bench.widget(held(OURS));
    bench.connectFails = new ExternalFailure("the Secret is gone");
    bench.delete();
    bench.ahead = Duration.ofDays(1);

    bench.reconcile();

    assertThat(bench.get().getFinalizers()).contains(OURS);
    assertThat(bench.condition("Synced")).endsWith("the Secret is gone");
  }

  @Test
  @Requirement("Runtime: the calls to the external system in one reconcile have a minute")
  void aCallThatNeverEndsIsEnded() {
    bench.widget();
    bench.external.hangs = true;
    bench.settings = SettingsBuilder.but(bench.settings, it -> it.timeout = Duration.ofSeconds(1));

    bench.reconcile();

    assertThat(bench.condition("Synced"))
        .isEqualTo(
            "False ReconcileError: observe failed: the external system has not answered within 1 s");
  }

  @Test
  @Requirement("Runtime: a reconcile that finds nothing new writes nothing")
  void whatWasSeenIsInTheStatusAndAQuietResourceIsNotWritten() {
    bench.widget();
    bench.external.observation = current();
    bench.reconcile();
    String version = bench.get().getMetadata().getResourceVersion();

    bench.reconcile();

    assertThat(bench.get().getMetadata().getResourceVersion()).isEqualTo(version);
    assertThat(Objects.requireNonNull(bench.get().getStatus()).atProvider())
        .isEqualTo(new Widget.Seen("red"));
    assertThat(Objects.requireNonNull(bench.get().getStatus().conditions()))
        .allSatisfy(it -> assertThat(it.observedGeneration()).isEqualTo(1));
  }

  @Test
  @Requirement(
      "Runtime: crossplane.io/reconcile-requested-at is handled once, and noted in status.lastHandledReconcileAt")
  void aHandledRequestIsNotedAndNotHandledAgain() {
    bench.widget(annotated("crossplane.io/reconcile-requested-at", "now"));
    bench.external.observation = current();

    bench.reconcile();
    bench.reconcile();

    assertThat(Objects.requireNonNull(bench.get().getStatus()).lastHandledReconcileAt())
        .isEqualTo("now");
    assertThat(bench.events()).singleElement().extracting(Event::getCount).isEqualTo(1);
  }

  @Test
  @Requirement(
      "Runtime: events are core/v1, of component managed/KIND.GROUP, with the external name, and those that repeat are counted")
  void anEventThatRepeatsIsCounted() {
    bench.widget();
    bench.external.observeFails = new ExternalFailure("no route");

    bench.reconcile();
    bench.reconcile();
    bench.reconcile();

    Event event = bench.events().getFirst();
    assertThat(bench.events()).hasSize(1);
    assertThat(event.getCount()).isEqualTo(3);
    assertThat(event.getSource().getComponent()).isEqualTo("managed/widget.test.example.org");
    assertThat(event.getMetadata().getAnnotations()).containsEntry("external-name", "one");
    assertThat(event.getMessage()).isEqualTo("observe failed: no route");
  }

  @Test
  @Requirement("Runtime: crossplane.io/poll-interval replaces --poll, and is a second at least")
  void theUsersPollIntervalIsKeptButForLessThanASecond() {
    bench.widget(annotated("crossplane.io/poll-interval", "1ms"));
    bench.external.observation = current();
    assertThat(bench.reconcile()).isEqualTo(new Requeue.After(Duration.ofSeconds(1)));

    bench.edit(annotated("crossplane.io/poll-interval", "1h30m"));
    assertThat(bench.reconcile()).isEqualTo(new Requeue.After(Duration.ofMinutes(90)));

    bench.edit(annotated("crossplane.io/poll-interval", "soon"));
    assertThat(bench.reconcile()).isEqualTo(new Requeue.After(Duration.ofMinutes(1)));
  }

  @Test
  void aKindMayAskToBeCalledSooner() {
    bench.widget();
    bench.external.observation = current().recheckWithin(Duration.ofSeconds(7));

    assertThat(bench.reconcile()).isEqualTo(new Requeue.After(Duration.ofSeconds(7)));
  }

  @ParameterizedTest
  @ValueSource(booleans = {false, true})
  @Requirement(
      "Runtime: a change log is told of each creation, update and deletion, failed or not, with the managed resource as it was before")
  void theChangeLogIsToldOfEachChange(boolean fails) {
    @Nullable RuntimeException failure = fails ? new ExternalFailure("full") : null;
    bench.external.createFails = failure;
    bench.external.updateFails = failure;
    bench.external.deleteFails = failure;
    bench.widget(annotated("crossplane.io/external-name", "chosen"));

    bench.reconcile();
    bench.external.observation = outdated();
    bench.reconcile();
    bench.external.observation = current();
    bench.reconcile();
    bench.delete();
    bench.reconcile();

    assertThat(bench.changes)
        .extracting(Change::operation)
        .containsExactly(Change.Operation.CREATE, Change.Operation.UPDATE, Change.Operation.DELETE);
    assertThat(bench.changes).extracting(Change::error).containsOnly(fails ? "full" : null);
    assertThat(bench.changes).extracting(it -> it.before().externalName()).containsOnly("chosen");
    Change.Before creation = bench.changes.getFirst().before();
    assertThat(creation.resource().getMetadata().getAnnotations())
        .doesNotContainKey("crossplane.io/external-create-pending");
    Change.Before update = bench.changes.get(1).before();
    assertThat(update.status().atProvider())
        .as("seen a moment ago")
        .isEqualTo(new Widget.Seen("blue"));
  }

  @Test
  void aChangeThatTheExternalSystemNeverEndsIsInTheChangeLog() {
    bench.widget();
    bench.external.whileCreating = ReconcileTest::never;
    bench.settings = SettingsBuilder.but(bench.settings, it -> it.timeout = Duration.ofSeconds(1));

    bench.reconcile();

    assertThat(bench.changes)
        .extracting(Change::error)
        .containsExactly("the external system has not answered within 1 s");
  }

  private static void never() {
    try {
      Thread.sleep(Long.MAX_VALUE);
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    }
  }

  private Requeue withoutRights() {
    try (KubernetesClient nobody = KubeApi.clientOf("nobody")) {
      bench.reconcilerClient = nobody;
      return bench.reconcile();
    }
  }

  private static Widget publishing(Widget widget) {
    widget.setSpec(
        new ManagedSpec<>(
            widget.getSpec().forProvider(), null, null, new SecretReference("connection")));
    return widget;
  }

  @Test
  @Requirement(
      "Runtime: connection details go to a Secret of type connection.crossplane.io/v1alpha1 in the own namespace, owned by the resource; keys are only added")
  void connectionDetailsArePublishedInASecretOfItsOwn() {
    bench.widget(ReconcileTest::publishing);
    bench.external.details = new ConnectionDetails(Map.of("password", "created"));
    bench.reconcile();
    bench.external.observation =
        current().publishing(new ConnectionDetails(Map.of("endpoint", "observed")));
    bench.reconcile();

    var secret = Objects.requireNonNull(bench.secret("connection"));
    assertThat(secret.getType()).isEqualTo("connection.crossplane.io/v1alpha1");
    assertThat(secret.getData())
        .containsOnly(Map.entry("password", "Y3JlYXRlZA=="), Map.entry("endpoint", "b2JzZXJ2ZWQ="));
    assertThat(secret.getMetadata().getOwnerReferences())
        .singleElement()
        .matches(
            it -> it.getController() && it.getUid().equals(bench.get().getMetadata().getUid()));
  }

  @Test
  @Requirement("Runtime: a connection Secret that has all details is not written")
  void aSecretThatHasAllDetailsIsNotWritten() {
    bench.widget(ReconcileTest::publishing);
    bench.external.observation =
        current().publishing(new ConnectionDetails(Map.of("password", "secret")));
    bench.reconcile();
    String version = secretVersion();

    bench.reconcile();

    assertThat(secretVersion()).isEqualTo(version);
  }

  private String secretVersion() {
    return Objects.requireNonNull(bench.secret("connection")).getMetadata().getResourceVersion();
  }

  @Test
  @Requirement(
      "Runtime: a Secret of the connection type that nobody controls, as a backup restores it, is taken over")
  void aSecretThatNobodyControlsIsTakenOver() {
    bench.widget(ReconcileTest::publishing);
    bench
        .client
        .resource(
            new SecretBuilder()
                .withNewMetadata()
                .withNamespace(bench.namespace)
                .withName("connection")
                .endMetadata()
                .withType("connection.crossplane.io/v1alpha1")
                .withData(Map.of("endpoint", "b2xk"))
                .build())
        .create();
    bench.external.observation =
        current().publishing(new ConnectionDetails(Map.of("password", "secret")));

    bench.reconcile();

    var secret = Objects.requireNonNull(bench.secret("connection"));
    assertThat(secret.getData()).containsOnlyKeys("endpoint", "password");
    assertThat(secret.getMetadata().getOwnerReferences())
        .singleElement()
        .matches(
            it -> it.getController() && it.getUid().equals(bench.get().getMetadata().getUid()));
  }

  @ParameterizedTest
  @MethodSource("foreignSecrets")
  @Requirement("Runtime: a Secret that another one controls, or of another type, is not touched")
  void aForeignSecretIsNotTouched(String type, @Nullable String owner, String message) {
    bench.widget(ReconcileTest::publishing);
    var foreign =
        new SecretBuilder()
            .withNewMetadata()
            .withNamespace(bench.namespace)
            .withName("connection")
            .endMetadata()
            .withType(type)
            .build();
    if (owner != null) {
      foreign
          .getMetadata()
          .setOwnerReferences(
              List.of(
                  new OwnerReferenceBuilder()
                      .withApiVersion("v1")
                      .withKind("ConfigMap")
                      .withName("other")
                      .withUid(owner)
                      .withController(true)
                      .build()));
    }
    bench.client.resource(foreign).create();
    bench.external.observation =
        current().publishing(new ConnectionDetails(Map.of("password", "secret")));

    bench.reconcile();

    assertThat(bench.condition("Synced")).startsWith("False ReconcileError: " + message);
    assertThat(bench.reasons()).containsExactly("CannotPublishConnectionDetails");
    assertThat(Objects.requireNonNull(bench.secret("connection")).getData()).isNullOrEmpty();
  }

  static Stream<@Nullable Object[]> foreignSecrets() {
    return Stream.of(
        new @Nullable Object[] {
          "Opaque", null, "refusing to modify uncontrolled secret of type \"Opaque\""
        },
        new @Nullable Object[] {
          "connection.crossplane.io/v1alpha1", "1234", "existing secret is not controlled by UID"
        });
  }

  private Map<String, String> annotations() {
    return bench.get().getMetadata().getAnnotations();
  }
}
