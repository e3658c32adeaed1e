package io.sessionstorage.e2e;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceList;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientBuilder;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.MixedOperation;
import io.fabric8.kubernetes.client.dsl.NonNamespaceOperation;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.dsl.base.ResourceDefinitionContext;
import org.awaitility.Awaitility;

/**
 * The cluster under test. Whoever waits for something asks again when the API server or a node
 * could not answer: pods end while tests look into them.
 */
final class Cluster {
  static final KubernetesClient CLIENT = new KubernetesClientBuilder().build();

  static {
    Awaitility.ignoreExceptionByDefault(KubernetesClientException.class);
  }

  private static final String GROUP = "toolhive.stacklok.dev";

  private Cluster() {}

  static Resource<GenericKubernetesResource> sessionStorage(String namespace, String name) {
    return namespaced(GROUP, "v1alpha1", "SessionStorage", "sessionstorages")
        .inNamespace(namespace)
        .withName(name);
  }

  static NonNamespaceOperation<
          GenericKubernetesResource,
          GenericKubernetesResourceList,
          Resource<GenericKubernetesResource>>
      claimedComposites() {
    return clusterScoped(GROUP, "v1alpha1", "XSessionStorage", "xsessionstorages");
  }

  static MixedOperation<
          GenericKubernetesResource,
          GenericKubernetesResourceList,
          Resource<GenericKubernetesResource>>
      namespaced(String group, String version, String kind, String plural) {
    return CLIENT.genericKubernetesResources(context(group, version, kind, plural));
  }

  static NonNamespaceOperation<
          GenericKubernetesResource,
          GenericKubernetesResourceList,
          Resource<GenericKubernetesResource>>
      clusterScoped(String group, String version, String kind, String plural) {
    return CLIENT.genericKubernetesResources(context(group, version, kind, plural, false));
  }

  static ResourceDefinitionContext context(
      String group, String version, String kind, String plural) {
    return context(group, version, kind, plural, true);
  }

  private static ResourceDefinitionContext context(
      String group, String version, String kind, String plural, boolean namespaced) {
    return new ResourceDefinitionContext.Builder()
        .withGroup(group)
        .withVersion(version)
        .withKind(kind)
        .withPlural(plural)
        .withNamespaced(namespaced)
        .build();
  }
}
