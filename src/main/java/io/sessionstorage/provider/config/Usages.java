package io.sessionstorage.provider.config;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.fabric8.kubernetes.api.model.OwnerReference;
import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.javaoperatorsdk.operator.processing.event.ResourceID;
import io.javaoperatorsdk.operator.processing.event.source.IndexerResourceCache;
import io.sessionstorage.provider.managed.ExternalFailure;
import io.sessionstorage.provider.managed.Finalizers;
import io.sessionstorage.provider.managed.Id;
import io.sessionstorage.provider.managed.ProviderConfigReference;
import java.net.HttpURLConnection;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import org.jspecify.annotations.Nullable;

/** Who uses which ProviderConfig: one ProviderConfigUsage for each managed resource. */
final class Usages {
  static final String FINALIZER = "finalizer.providerconfigusage.crossplane.io";
  static final String LABEL_NAME = "crossplane.io/provider-config";
  static final String LABEL_KIND = "crossplane.io/provider-config-kind";

  /** A longer name is in the reference alone. */
  private static final int LONGEST_LABEL = 63;

  private static final String BY_CONFIG = "config";

  private final KubernetesClient client;
  private volatile @Nullable IndexerResourceCache<ProviderConfigUsage> cache;

  Usages(KubernetesClient client) {
    this.client = client;
  }

  /** Reads from this cache from now on. */
  void use(IndexerResourceCache<ProviderConfigUsage> cache) {
    cache.addIndexer(BY_CONFIG, usage -> List.of(ConfigKey.of(usage).index()));
    this.cache = cache;
  }

  /** The usages of a config, as last seen. */
  List<ProviderConfigUsage> of(AnyConfig<?> config) {
    return Objects.requireNonNull(cache, "not started")
        .byIndex(BY_CONFIG, ConfigKey.of(config).index());
  }

  /**
   * Notes that {@code user} uses a config.
   *
   * @param create false: only correct a note that is there
   * @return the note; empty if there is none
   * @throws ExternalFailure if a note of this name belongs to somebody else
   */
  Optional<ProviderConfigUsage> track(Id user, ProviderConfigReference config, boolean create) {
    Optional<ProviderConfigUsage> current = find(user.namespace(), user.uid());
    if (current.isEmpty()) {
      return create ? Optional.of(client.resource(usage(user, config)).create()) : current;
    }
    ProviderConfigUsage known = current.get();
    if (ownedBy(known, user.uid()) && config.equals(known.getProviderConfigRef())) {
      return current;
    }
    if (controller(known).isPresent() && !ownedBy(known, user.uid())) {
      throw new ExternalFailure(
          "cannot apply ProviderConfigUsage: %s belongs to another object; delete it"
              .formatted(user.uid()));
    }
    ProviderConfigUsage wanted = usage(user, config);
    wanted.getMetadata().setResourceVersion(known.getMetadata().getResourceVersion());
    wanted.getMetadata().setFinalizers(known.getFinalizers());
    return Optional.of(client.resource(wanted).update());
  }

  /** Keeps the note until {@link #release}, whoever deletes it. */
  void protect(ProviderConfigUsage usage) {
    if (!usage.isMarkedForDeletion()) {
      Finalizers.add(client, usage, FINALIZER);
    }
  }

  private Optional<ProviderConfigUsage> find(String namespace, String uid) {
    IndexerResourceCache<ProviderConfigUsage> known = cache;
    return (known == null
            ? Optional.<ProviderConfigUsage>empty()
            : known.get(new ResourceID(uid, namespace)))
        .or(() -> Optional.ofNullable(at(namespace, uid).get()));
  }

  /** The managed resource has ended: garbage collection may have its note. */
  void release(String namespace, String uid) {
    ProviderConfigUsage current = at(namespace, uid).get();
    if (current != null) {
      Finalizers.remove(client, current, FINALIZER);
    }
  }

  /**
   * Whether the managed resource behind a usage has ended, asked of the API server itself: it is
   * gone, is another one, or only waits for those that depend on it.
   */
  boolean ended(ProviderConfigUsage usage) {
    ProviderConfigUsage.ResourceReference reference = usage.getResourceRef();
    if (reference == null) {
      return true;
    }
    GenericKubernetesResource user =
        client
            .genericKubernetesResources(reference.apiVersion(), reference.kind())
            .inNamespace(usage.getMetadata().getNamespace())
            .withName(reference.name())
            .get();
    return user == null
        || !user.getMetadata().getUid().equals(usage.getMetadata().getName())
        || (user.isMarkedForDeletion() && Finalizers.onlyHeldBy(user, ""));
  }

  /** Deletes a usage that belongs to nobody, as a restored backup leaves them. */
  void delete(ProviderConfigUsage usage) {
    try {
      at(usage.getMetadata().getNamespace(), usage.getMetadata().getName()).delete();
    } catch (KubernetesClientException e) {
      // Crossplane grants no deletion; it does not count anyway.
      if (e.getCode() != HttpURLConnection.HTTP_FORBIDDEN) {
        throw e;
      }
    }
  }

  static Optional<OwnerReference> controller(HasMetadata object) {
    return object.getMetadata().getOwnerReferences().stream()
        .filter(it -> Boolean.TRUE.equals(it.getController()))
        .findFirst();
  }

  private static boolean ownedBy(HasMetadata object, String uid) {
    return controller(object).filter(it -> it.getUid().equals(uid)).isPresent();
  }

  private Resource<ProviderConfigUsage> at(String namespace, String name) {
    return client.resources(ProviderConfigUsage.class).inNamespace(namespace).withName(name);
  }

  private static ProviderConfigUsage usage(Id user, ProviderConfigReference config) {
    ProviderConfigUsage usage = new ProviderConfigUsage();
    // @formatter:off
    usage.setMetadata(new ObjectMetaBuilder()
        .withNamespace(user.namespace())
        .withName(user.uid())
        .addToLabels(config.name().length() > LONGEST_LABEL ? Map.of() : Map.of(LABEL_NAME, config.name()))
        .addToLabels(LABEL_KIND, config.kind())
        .withOwnerReferences(new OwnerReferenceBuilder()
            .withApiVersion(user.apiVersion())
            .withKind(user.kind())
            .withName(user.name())
            .withUid(user.uid())
            .withController(true)
            .withBlockOwnerDeletion(true)
            .build())
        .build());
    // @formatter:on
    usage.setProviderConfigRef(config);
    usage.setResourceRef(
        new ProviderConfigUsage.ResourceReference(user.apiVersion(), user.kind(), user.name()));
    return usage;
  }
}
