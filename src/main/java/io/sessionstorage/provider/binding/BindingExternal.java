package io.sessionstorage.provider.binding;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.sessionstorage.provider.managed.Condition;
import io.sessionstorage.provider.managed.ConnectionDetails;
import io.sessionstorage.provider.managed.External;
import io.sessionstorage.provider.managed.ExternalFailure;
import io.sessionstorage.provider.managed.Id;
import io.sessionstorage.provider.managed.Managed;
import io.sessionstorage.provider.managed.ManagedStatus;
import io.sessionstorage.provider.managed.Observation;
import java.time.Duration;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/**
 * Sets {@code spec.sessionStorage} of an MCP server. It exists if this Binding has set it; it is
 * outdated if the store has changed, or does not let the namespace in any more.
 */
public final class BindingExternal
    implements External<BindingParameters, BindingObservation, BindingExternal.Nothing> {
  private static final Duration SOON = Duration.ofSeconds(5);
  private static final Duration AT_ONCE = Duration.ofMillis(100);
  private static final String ROLLED_OUT = "RolledOut";
  private static final String ROLLING = "Rolling";
  private static final String AFFINITY = "SessionsShared";

  private final KubernetesClient client;
  private final Stores stores;
  private final Consumers consumers;
  private final Copies copies;
  private final Turns turns;

  /** A Binding needs no ProviderConfig. */
  public record Nothing() {}

  /** Through {@code client}. */
  public BindingExternal(KubernetesClient client, InstantSource clock) {
    this.client = client;
    stores = new Stores(client);
    consumers = new Consumers(client);
    copies = new Copies(client);
    turns = new Turns(clock);
  }

  @Override
  public Observation<BindingObservation> observe(
      Managed<BindingParameters, BindingObservation, Nothing> managed) {
    Id id = managed.id();
    BindingParameters wanted = managed.forProvider();
    if (managed.deleted()) {
      return observeDeleted(managed);
    }
    Consumers.Api api = consumers.api(wanted.consumer().kind());
    GenericKubernetesResource consumer = consumer(api, id, wanted);
    boolean ours = Consumers.isSetBy(consumer, manager(id));
    Store store;
    try {
      store = stores.find(id, wanted);
    } catch (Stores.NotAllowed e) {
      return ours
          ? Observation.outdated(seen(managed), "the store does not let the namespace in")
              .with(Condition.unavailable(e.why()))
          : Observation.<BindingObservation>missing().with(Condition.unavailable(e.why()));
    }
    if (!ours) {
      return Observation.missing();
    }
    refuseUnusable(api, store);
    List<Secret> mine = copies.of(id);
    Optional<String> copy = Copies.holding(mine, store.secret());
    boolean same =
        copy.isPresent()
            && store
                .sessionStorage(wanted.prefix(id.namespace()), copy.get())
                .equals(withoutDefaults(Consumers.sessionStorage(consumer), store));
    Observation<BindingObservation> observation =
        same ? rolling(id, consumer, store, copy.get(), wanted) : outdated(managed, store, mine);
    return observation.with(affinity(consumer, wanted)).with(Condition.available());
  }

  private Observation<BindingObservation> rolling(
      Id id,
      GenericKubernetesResource consumer,
      Store store,
      String copy,
      BindingParameters wanted) {
    BindingObservation seen =
        new BindingObservation(store.address(), wanted.prefix(id.namespace()), copy, store.tls());
    if (consumers.hasRolled(consumer, copy)) {
      turns.done(id.uid());
      copies.deleteAllBut(id, copy);
      return Observation.current(seen).with(Condition.of(ROLLED_OUT, true, "RolledOut", null));
    }
    turns.take(store.key(), id.uid(), Optional::empty);
    return Observation.current(seen)
        .with(
            Condition.of(
                ROLLED_OUT,
                false,
                ROLLING,
                "the proxies of %s %s are being replaced by ones that use Secret %s"
                    .formatted(wanted.consumer().kind().kind(), wanted.consumer().name(), copy)))
        .recheckWithin(SOON);
  }

  /** Another password or address: when it is this one's turn. The old ones are valid meanwhile. */
  private Observation<BindingObservation> outdated(
      Managed<BindingParameters, BindingObservation, Nothing> managed,
      Store store,
      List<Secret> mine) {
    if (mine.isEmpty()) {
      return Observation.outdated(seen(managed), "spec.sessionStorage");
    }
    Observation<BindingObservation> asItIs = Observation.current(seen(managed));
    return switch (turns.take(
        store.key(), managed.id().uid(), () -> turnByStatus(store.address()))) {
      case GO -> Observation.outdated(seen(managed), "spec.sessionStorage");
      case ANNOUNCE ->
          asItIs
              .with(
                  Condition.of(ROLLED_OUT, false, ROLLING, "the proxies are about to be replaced"))
              .recheckWithin(AT_ONCE);
      case WAIT ->
          asItIs
              .with(
                  Condition.of(
                      ROLLED_OUT,
                      false,
                      "Waiting",
                      "waiting until another MCP server that uses the same store has replaced its proxies"))
              .recheckWithin(SOON);
    };
  }

  /** The uid of the Binding of that store whose proxies are being replaced, by its status. */
  private Optional<String> turnByStatus(String address) {
    return client.resources(Binding.class).inAnyNamespace().list().getItems().stream()
        .filter(binding -> isRolling(binding.getStatus(), address))
        .map(binding -> binding.getMetadata().getUid())
        .findFirst();
  }

  private static boolean isRolling(
      @Nullable ManagedStatus<BindingObservation> status, String address) {
    return status != null
        && status.atProvider() != null
        && address.equals(status.atProvider().address())
        && Objects.requireNonNullElse(status.conditions(), List.<Condition>of()).stream()
            .anyMatch(
                condition ->
                    condition.type().equals(ROLLED_OUT) && condition.reason().equals(ROLLING));
  }

  private Observation<BindingObservation> observeDeleted(
      Managed<BindingParameters, BindingObservation, Nothing> managed) {
    turns.done(managed.id().uid());
    Consumers.Api api;
    try {
      api = consumers.api(managed.forProvider().consumer().kind());
    } catch (ExternalFailure e) {
      // Without the kind there is no object of it, and nothing to take back.
      return Observation.missing();
    }
    GenericKubernetesResource consumer =
        consumers.get(api, managed.id().namespace(), managed.forProvider().consumer().name());
    return consumer != null && Consumers.isSetBy(consumer, manager(managed.id()))
        ? Observation.outdated(seen(managed), "deleted")
        : Observation.missing();
  }

  @Override
  public ConnectionDetails create(Managed<BindingParameters, BindingObservation, Nothing> managed) {
    Consumers.Api api = consumers.api(managed.forProvider().consumer().kind());
    try {
      set(managed, api, stores.find(managed.id(), managed.forProvider()));
    } catch (Stores.NotAllowed e) {
      throw new ExternalFailure(e.why(), List.of(Condition.unavailable(e.why())));
    }
    return ConnectionDetails.NONE;
  }

  @Override
  public ConnectionDetails update(
      Managed<BindingParameters, BindingObservation, Nothing> managed,
      Observation<BindingObservation> observation) {
    Consumers.Api api = consumers.api(managed.forProvider().consumer().kind());
    try {
      set(managed, api, stores.find(managed.id(), managed.forProvider()));
    } catch (Stores.NotAllowed e) {
      consumers.unset(
          api, consumer(api, managed.id(), managed.forProvider()), manager(managed.id()));
      copies.deleteAllBut(managed.id(), "");
    }
    return ConnectionDetails.NONE;
  }

  private void set(
      Managed<BindingParameters, BindingObservation, Nothing> managed,
      Consumers.Api api,
      Store store) {
    refuseUnusable(api, store);
    BindingParameters wanted = managed.forProvider();
    GenericKubernetesResource consumer = consumer(api, managed.id(), wanted);
    String copy = copies.make(managed.id(), store.secret());
    consumers.set(
        api,
        consumer,
        manager(managed.id()),
        store.sessionStorage(wanted.prefix(managed.id().namespace()), copy),
        wanted.forced());
  }

  @Override
  public void delete(Managed<BindingParameters, BindingObservation, Nothing> managed) {
    Consumers.Api api = consumers.api(managed.forProvider().consumer().kind());
    GenericKubernetesResource consumer =
        consumers.get(api, managed.id().namespace(), managed.forProvider().consumer().name());
    if (consumer != null) {
      consumers.unset(api, consumer, manager(managed.id()));
    }
  }

  /** A field manager of each Binding's own, so that two do not take over from each other unseen. */
  static String manager(Id binding) {
    return "session-storage-binding-" + binding.uid();
  }

  private GenericKubernetesResource consumer(Consumers.Api api, Id id, BindingParameters wanted) {
    String name = wanted.consumer().name();
    GenericKubernetesResource consumer = consumers.get(api, id.namespace(), name);
    if (consumer == null) {
      String message =
          "%s %s does not exist in namespace %s: create it, or correct spec.forProvider.consumer"
              .formatted(api.kind().kind(), name, id.namespace());
      throw new ExternalFailure(message, List.of(Condition.unavailable(message)));
    }
    return consumer;
  }

  private static void refuseUnusable(Consumers.Api api, Store store) {
    if (store.tls() && !api.tls()) {
      String message =
          "%s speaks TLS only, and %s of the installed ToolHive has no spec.sessionStorage.tls: upgrade ToolHive, or use a store without TLS"
              .formatted(store.key(), api.kind().kind());
      throw new ExternalFailure(message, List.of(Condition.unavailable(message)));
    }
  }

  private static BindingObservation seen(
      Managed<BindingParameters, BindingObservation, Nothing> managed) {
    return Objects.requireNonNullElse(
        managed.atProvider(), new BindingObservation(null, null, null, null));
  }

  /** What the API server has filled in, or another one has set beside, is no difference. */
  private static Map<String, Object> withoutDefaults(Map<String, Object> fields, Store store) {
    Map<String, Object> own = new LinkedHashMap<>(fields);
    if (!store.tls()) {
      own.remove("tls");
    }
    if (own.get("db") instanceof Number database) {
      own.put("db", database.intValue());
    }
    return own;
  }

  private static Condition affinity(GenericKubernetesResource consumer, BindingParameters wanted) {
    Number replicas = consumer.get("spec", "replicas");
    String affinity =
        Objects.requireNonNullElse(consumer.get("spec", "sessionAffinity"), "ClientIP");
    return replicas == null || replicas.intValue() < 2 || affinity.equals("None")
        ? Condition.of(AFFINITY, true, "Shared", null)
        : Condition.of(
            AFFINITY,
            false,
            "ClientIPAffinity",
            "spec.replicas of %s %s is %d, but each client keeps to one replica: set its spec.sessionAffinity to None"
                .formatted(
                    wanted.consumer().kind().kind(),
                    wanted.consumer().name(),
                    replicas.intValue()));
  }
}
