package io.sessionstorage.provider.managed;

import static io.sessionstorage.provider.managed.ManagementAction.CREATE;
import static io.sessionstorage.provider.managed.ManagementAction.DELETE;
import static io.sessionstorage.provider.managed.ManagementAction.UPDATE;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.time.Instant;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.concurrent.Callable;
import org.jspecify.annotations.Nullable;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** One reconcile of one managed resource: the steps of crossplane-runtime, in their order. */
final class Pass<R extends ManagedResource<P, O>, P, O, C> {
  private static final Logger LOG = LoggerFactory.getLogger(Pass.class);

  private final Kind<R, P, O, C> kind;
  private final Tools<R, P, O> tools;
  private final ExternalCalls calls;
  private final Policies policies;
  private R resource;
  private ManagedStatus<O> status;
  private Change.Before before;
  private ConnectionDetails published = ConnectionDetails.NONE;

  /** What a pass works with, the same for all of a kind. */
  record Tools<R extends ManagedResource<P, O>, P, O>(
      ManagedApi<R, P, O> api,
      ConnectionSecrets secrets,
      Events events,
      Metrics metrics,
      ChangeLog changes,
      Settings settings,
      String controller) {}

  Pass(Kind<R, P, O, C> kind, Tools<R, P, O> tools, R resource) {
    this.kind = kind;
    this.tools = tools;
    this.resource = resource;
    this.calls = new ExternalCalls(tools.settings.timeout());
    this.policies = Policies.of(resource.getSpec().managementPolicies());
    this.status =
        Objects.requireNonNullElse(
            resource.getStatus(), new ManagedStatus<O>(null, null, null, null));
    this.before = new Change.Before(resource, status);
  }

  Requeue run() throws InterruptedException {
    tools.metrics.reconciled(resource);
    try {
      return steps();
    } catch (StepFailure e) {
      if (StepFailure.isConflict(e.getCause())) {
        return new Requeue.Soon();
      }
      return lost(e) ? leaveBehind(e) : failed(e);
    } catch (KubernetesClientException e) {
      return unwritten(e);
    }
  }

  /**
   * Whether the external resource cannot be reached any more, for good: a namespace that is deleted
   * loses Secrets, and servers, before the managed resources that need them to end.
   */
  private boolean lost(StepFailure failure) {
    return deleted()
        && failure.isExternal()
        && now()
            .isAfter(
                Instant.parse(metadata().getDeletionTimestamp())
                    .plus(tools.settings.deletionGrace()))
        && kind.connector().ends(Id.of(resource), resource.getSpec().providerConfigRef());
  }

  /** Rather than that the namespace, or the ProviderConfig, never goes. */
  private Requeue leaveBehind(StepFailure failure) {
    String message =
        "external resource was left behind, because it was deleted together with its ProviderConfig and for %d s could not be reached: %s"
            .formatted(tools.settings.deletionGrace().toSeconds(), failure.getMessage());
    // A namespace that ends takes no events.
    LOG.atWarn()
        .addKeyValue("kind", resource.getKind())
        .addKeyValue("namespace", metadata().getNamespace())
        .addKeyValue("name", metadata().getName())
        .log(message);
    warning(Reasons.CANNOT_DELETE, message);
    try {
      return finish();
    } catch (StepFailure e) {
      return failed(e);
    }
  }

  private Requeue steps() throws StepFailure, InterruptedException {
    if (Annotations.paused(metadata()) || paused()) {
      return pause();
    }
    noteRequest();
    Optional<String> unusable = unusablePolicies();
    if (unusable.isPresent()) {
      return refuse(unusable.get());
    }
    if (deleted() && !policies.allow(DELETE)) {
      return finish();
    }
    managed(Reasons.CANNOT_INITIALIZE, "", this::initialize);
    Managed<P, O, C> managed = connect();
    Observation<O> observation =
        calls.call(
            Reasons.CANNOT_OBSERVE, "observe failed: ", () -> kind.external().observe(managed));
    take(observation);
    before = new Change.Before(resource, status);
    if (!observation.exists()) {
      if (policies.onlyObserve()) {
        return observedNothing();
      }
      if (Annotations.createdAfter(metadata(), now().minus(tools.settings.creationGrace()))) {
        event(Reasons.PENDING, "Waiting for external resource existence to be confirmed");
        return new Requeue.Soon();
      }
    }
    if (deleted()) {
      return delete(managed, observation);
    }
    publish(observation.connection());
    managed("", "", () -> resource = tools.api.addFinalizer(resource));
    if (!observation.exists() && policies.allow(CREATE)) {
      return create(managed);
    }
    if (observation.exists() && observation.state() == Observation.State.OUTDATED) {
      LOG.atDebug()
          .addKeyValue("name", metadata().getName())
          .addKeyValue("difference", observation.difference())
          .log("external resource differs");
      if (policies.allow(UPDATE)) {
        return update(managed, observation);
      }
    }
    return settled(observation);
  }

  private boolean paused() {
    return tools.settings.managementPolicies() && policies.paused();
  }

  private Requeue pause() {
    Condition paused = Condition.reconcilePaused();
    event(Reasons.PAUSED, Objects.requireNonNull(paused.message()));
    mark(paused);
    write();
    return new Requeue.Never();
  }

  private void noteRequest() {
    Annotations.get(metadata(), Annotations.RECONCILE_REQUESTED)
        .filter(token -> !token.equals(status.lastHandledReconcileAt()))
        .ifPresent(
            token -> {
              event(Reasons.REQUEST_HANDLED, "Handling reconcile request");
              status =
                  new ManagedStatus<>(
                      status.atProvider(), status.conditions(), status.observedGeneration(), token);
            });
  }

  private Optional<String> unusablePolicies() {
    if (!tools.settings.managementPolicies()) {
      return policies.allow(ManagementAction.ALL) || policies.paused()
          ? Optional.empty()
          : Optional.of(
              "`spec.managementPolicies` is set to a non-default value but the feature is not enabled: "
                  + policies);
    }
    return policies.supported()
        ? Optional.empty()
        : Optional.of(
            "`spec.managementPolicies` is set to a value(%s) which is not supported. Check docs for supported policies"
                .formatted(policies));
  }

  private Requeue refuse(String cause) {
    warning(Reasons.INVALID_POLICY, cause);
    mark(Condition.reconcileError(cause));
    write();
    return new Requeue.Never();
  }

  private void initialize() {
    if (Annotations.get(metadata(), Annotations.EXTERNAL_NAME).isEmpty()) {
      resource =
          tools.api.annotate(resource, Map.of(Annotations.EXTERNAL_NAME, metadata().getName()));
    }
    if (Annotations.createIncomplete(metadata())) {
      // External names are the user's, so creating again cannot lose one.
      LOG.atDebug().addKeyValue("name", metadata().getName()).log("creation was not confirmed");
    }
  }

  private Managed<P, O, C> connect() throws StepFailure, InterruptedException {
    Managed<P, O, C> managed =
        calls.call(
            Reasons.CANNOT_CONNECT,
            "connect failed: ",
            () ->
                new Managed<>(
                    Id.of(resource),
                    Annotations.get(metadata(), Annotations.EXTERNAL_NAME).orElseThrow(),
                    resource.getSpec().forProvider(),
                    status.atProvider(),
                    kind.connector()
                        .connect(
                            Id.of(resource), resource.getSpec().providerConfigRef(), deleted()),
                    tools.secrets.read(resource),
                    deleted()));
    published = managed.published();
    return managed;
  }

  private void take(Observation<O> observation) {
    O atProvider = observation.atProvider();
    if (atProvider != null) {
      status =
          new ManagedStatus<>(
              atProvider,
              status.conditions(),
              status.observedGeneration(),
              status.lastHandledReconcileAt());
    }
    observation.conditions().forEach(this::mark);
  }

  private Requeue observedNothing() {
    String cause = "external resource does not exist";
    warning(Reasons.CANNOT_OBSERVE, cause);
    mark(Condition.reconcileError("observe failed: " + cause));
    write();
    return new Requeue.After(pollInterval(null));
  }

  private Requeue delete(Managed<P, O, C> managed, Observation<O> observation)
      throws StepFailure, InterruptedException {
    if (!Finalizers.onlyHeldBy(resource, ManagedApi.FINALIZER)) {
      LOG.atDebug().addKeyValue("name", metadata().getName()).log("others are not done with it");
      return new Requeue.Soon();
    }
    if (!observation.exists()) {
      return finish();
    }
    mark(Condition.deleting());
    external(
        Change.Operation.DELETE,
        () -> {
          kind.external().delete(managed);
          return ConnectionDetails.NONE;
        });
    event(Reasons.DELETED, "Successfully requested deletion of external resource");
    mark(Condition.reconcileSuccess());
    write();
    return new Requeue.Soon();
  }

  /** The external resource is gone, or stays on purpose. */
  private Requeue finish() throws StepFailure {
    mark(Condition.deleting());
    managed(
        "",
        "",
        () -> {
          tools.api.removeFinalizer(resource);
          kind.connector().release(Id.of(resource));
        });
    tools.metrics.deleted(resource);
    return new Requeue.Never();
  }

  private Requeue create(Managed<P, O, C> managed) throws StepFailure, InterruptedException {
    mark(Condition.creating());
    managed(
        Reasons.CANNOT_UPDATE_MANAGED,
        "cannot update managed resource: ",
        () -> resource = tools.api.annotate(resource, now(Annotations.CREATE_PENDING)));
    ConnectionDetails details;
    try {
      details = external(Change.Operation.CREATE, () -> kind.external().create(managed));
    } catch (StepFailure e) {
      noteFailedCreation();
      throw e;
    }
    managed(
        Reasons.CANNOT_UPDATE_MANAGED,
        "cannot update managed resource annotations: ",
        () -> resource = tools.api.annotateInAnyCase(resource, now(Annotations.CREATE_SUCCEEDED)));
    publish(details);
    event(Reasons.CREATED, "Successfully requested creation of external resource");
    mark(Condition.reconcileSuccess());
    write();
    return new Requeue.Soon();
  }

  /** The cause of the failure is more useful than that this could not be noted, too. */
  private void noteFailedCreation() {
    try {
      resource = tools.api.annotateInAnyCase(resource, now(Annotations.CREATE_FAILED));
    } catch (KubernetesClientException e) {
      warning(
          Reasons.CANNOT_UPDATE_MANAGED,
          "cannot update managed resource annotations: " + StepFailure.message(e));
    }
  }

  private Requeue update(Managed<P, O, C> managed, Observation<O> observation)
      throws StepFailure, InterruptedException {
    ConnectionDetails details =
        external(Change.Operation.UPDATE, () -> kind.external().update(managed, observation));
    tools.metrics.drift(resource);
    publish(details);
    event(Reasons.UPDATED, "Successfully requested update of external resource");
    mark(Condition.reconcileSuccess());
    write();
    return new Requeue.After(pollInterval(observation.recheckWithin()));
  }

  private Requeue settled(Observation<O> observation) {
    mark(Condition.reconcileSuccess());
    if (observation.state() == Observation.State.CURRENT) {
      tools.metrics.unchanged(resource, status);
    }
    write();
    return new Requeue.After(pollInterval(observation.recheckWithin()));
  }

  private Duration pollInterval(@Nullable Duration limit) {
    Duration interval =
        tools.settings.jittered(Annotations.pollInterval(metadata()).orElse(tools.settings.poll()));
    return limit != null && limit.compareTo(interval) < 0 ? limit : interval;
  }

  private void publish(ConnectionDetails details) throws StepFailure {
    if (published.includes(details)) {
      return;
    }
    managed(Reasons.CANNOT_PUBLISH, "", () -> tools.secrets.publish(resource, details));
  }

  /** Changes the external resource, which the change log is told in any case. */
  private ConnectionDetails external(Change.Operation operation, Callable<ConnectionDetails> call)
      throws StepFailure, InterruptedException {
    ConnectionDetails details;
    try {
      details = calls.call(operation.reason(), "", call);
    } catch (StepFailure e) {
      tools.changes.add(new Change(operation, before, e.getMessage()));
      throw e.after(operation.failed());
    }
    tools.changes.add(new Change(operation, before, null));
    return details;
  }

  /** A step that writes to the API server. An empty reason: no event if it fails. */
  private static void managed(String reason, String prefix, Runnable step) throws StepFailure {
    try {
      step.run();
    } catch (ExternalFailure e) {
      throw new StepFailure(reason, prefix + e.getMessage(), e.conditions(), e);
    } catch (KubernetesClientException e) {
      throw new StepFailure(reason, prefix + StepFailure.message(e), List.of(), e);
    }
  }

  private Requeue failed(StepFailure failure) {
    if (StepFailure.isNotFound(failure.getCause()) && failure.reason().isEmpty()) {
      return new Requeue.Never();
    }
    String message = Objects.requireNonNull(failure.getMessage());
    if (!failure.reason().isEmpty()) {
      warning(failure.reason(), message);
    }
    failure.conditions().forEach(this::mark);
    mark(Condition.reconcileError(message));
    try {
      write();
    } catch (KubernetesClientException e) {
      return unwritten(e);
    }
    return new Requeue.Soon();
  }

  /**
   * The status could not be written: because the resource has changed, or is gone, or cannot be.
   */
  private Requeue unwritten(KubernetesClientException e) {
    if (StepFailure.isNotFound(e)) {
      return new Requeue.Never();
    }
    if (!StepFailure.isConflict(e)) {
      LOG.atWarn()
          .addKeyValue("kind", resource.getKind())
          .addKeyValue("namespace", metadata().getNamespace())
          .addKeyValue("name", metadata().getName())
          .addKeyValue("cause", StepFailure.message(e))
          .log("cannot update managed resource status");
    }
    return new Requeue.Soon();
  }

  private void mark(Condition condition) {
    List<Condition> all =
        Conditions.with(status.conditions(), condition, metadata().getGeneration(), now());
    status =
        new ManagedStatus<>(
            status.atProvider(), all, status.observedGeneration(), status.lastHandledReconcileAt());
  }

  private void write() {
    resource = tools.api.updateStatus(resource, status);
  }

  private void event(String reason, String message) {
    tools.events.normal(tools.controller, resource, externalName(), reason, message);
  }

  private void warning(String reason, String message) {
    tools.events.warning(tools.controller, resource, externalName(), reason, message);
  }

  private Map<String, String> externalName() {
    return Map.of(
        "external-name", Annotations.get(metadata(), Annotations.EXTERNAL_NAME).orElse(""));
  }

  private Map<String, String> now(String annotation) {
    return Map.of(annotation, Annotations.format(now()));
  }

  private Instant now() {
    return tools.settings.clock().instant();
  }

  private boolean deleted() {
    return resource.isMarkedForDeletion();
  }

  private ObjectMeta metadata() {
    return resource.getMetadata();
  }
}
