package io.sessionstorage.provider.managed;

import io.fabric8.kubernetes.client.KubernetesClient;
import io.javaoperatorsdk.operator.api.reconciler.Context;
import io.javaoperatorsdk.operator.api.reconciler.EventSourceContext;
import io.javaoperatorsdk.operator.api.reconciler.Reconciler;
import io.javaoperatorsdk.operator.api.reconciler.UpdateControl;
import io.javaoperatorsdk.operator.processing.event.source.EventSource;
import java.util.List;

/** Reconciles one kind: gives each event to a {@link Pass}, and its answer to the Operator SDK. */
final class ManagedReconciler<R extends ManagedResource<P, O>, P, O, C> implements Reconciler<R> {
  private final Kind<R, P, O, C> kind;
  private final Pass.Tools<R, P, O> tools;
  private final Backoff backoff = new Backoff();

  ManagedReconciler(
      Kind<R, P, O, C> kind,
      KubernetesClient client,
      Events events,
      Metrics metrics,
      ChangeLog changes,
      Settings settings) {
    this.kind = kind;
    this.tools =
        new Pass.Tools<>(
            new ManagedApi<>(client, kind.type()),
            new ConnectionSecrets(client, settings.clock()),
            events,
            metrics,
            changes,
            settings,
            Controllers.name("managed", kind.type()));
  }

  @Override
  public List<EventSource<?, R>> prepareEventSources(EventSourceContext<R> context) {
    tools.metrics().watch(kind.type(), () -> context.getPrimaryCache().list());
    return List.of();
  }

  @Override
  public UpdateControl<R> reconcile(R resource, Context<R> context) throws InterruptedException {
    String uid = resource.getMetadata().getUid();
    if (context.isPrimaryResourceDeleted()) {
      backoff.reset(uid);
      tools.metrics().forget(uid);
      tools.secrets().forget(uid);
      kind.connector().release(Id.of(resource));
      return UpdateControl.noUpdate();
    }
    UpdateControl<R> done = UpdateControl.noUpdate();
    return switch (new Pass<>(kind, tools, resource).run()) {
      case Requeue.Soon() -> done.rescheduleAfter(backoff.next(uid));
      case Requeue.After(var delay) -> {
        backoff.reset(uid);
        yield done.rescheduleAfter(delay);
      }
      case Requeue.Never() -> {
        backoff.reset(uid);
        yield done;
      }
    };
  }
}
