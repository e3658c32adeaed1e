package io.sessionstorage.e2e;

import static org.awaitility.Awaitility.await;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.api.model.apiextensions.v1.CustomResourceDefinition;
import io.fabric8.kubernetes.client.dsl.Resource;
import io.fabric8.kubernetes.client.utils.Serialization;
import io.sessionstorage.compose.tls.Certificates;
import io.sessionstorage.testing.Yaml;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;

/** The kind Certificate of cert-manager, and an issuer with a CA of its own. */
final class CertManager implements AutoCloseable {
  private static final String NAME = "certificates.cert-manager.io";
  private static final String KIND =
      """
      apiVersion: apiextensions.k8s.io/v1
      kind: CustomResourceDefinition
      metadata: {name: certificates.cert-manager.io}
      spec:
        group: cert-manager.io
        scope: Namespaced
        names: {kind: Certificate, listKind: CertificateList, plural: certificates, singular: certificate}
        versions:
          - name: v1
            served: true
            storage: true
            subresources: {status: {}}
            schema:
              openAPIV3Schema: {type: object, x-kubernetes-preserve-unknown-fields: true}
      """;

  private Map<String, String> issued = Map.of();

  private CertManager() {}

  /** Whether the cluster has it already. */
  static boolean isThere() {
    return Cluster.CLIENT.apiextensions().v1().customResourceDefinitions().withName(NAME).get()
        != null;
  }

  /** Installs the kind. */
  static CertManager install() {
    Cluster.CLIENT.resource(Serialization.unmarshal(KIND, CustomResourceDefinition.class)).create();
    return new CertManager();
  }

  List<String> dnsNames(String namespace, String certificate) {
    JsonNode spec = Yaml.MAPPER.valueToTree(resource(namespace, certificate).get().get("spec"));
    return spec.path("dnsNames").valueStream().map(JsonNode::asText).toList();
  }

  /** Issues a certificate, another one each time, from the same CA. */
  void issue(String namespace, String certificate) {
    Map<String, String> known = new HashMap<>(issued);
    known.remove(Certificates.CERTIFICATE);
    issued =
        Certificates.of(known, "internal", dnsNames(namespace, certificate), Instant.now())
            .secret();
    Map<String, String> data = new HashMap<>(issued);
    data.remove(Certificates.CA_KEY);
    // @formatter:off
    Cluster.CLIENT.resource(new SecretBuilder()
        .withNewMetadata()
          .withName(certificate)
          .withNamespace(namespace)
        .endMetadata()
        .withType("kubernetes.io/tls")
        .withStringData(data)
        .build()).fieldManager("cert-manager").forceConflicts().serverSideApply();
    // @formatter:on
    resource(namespace, certificate)
        .editStatus(
            object -> {
              object.setAdditionalProperty(
                  "status",
                  Map.of(
                      "conditions",
                      List.of(Map.of("type", "Ready", "status", "True", "message", "up to date"))));
              return object;
            });
  }

  private static Resource<GenericKubernetesResource> resource(String namespace, String name) {
    return Cluster.namespaced("cert-manager.io", "v1", "Certificate", "certificates")
        .inNamespace(namespace)
        .withName(name);
  }

  @Override
  public void close() {
    Cluster.CLIENT.apiextensions().v1().customResourceDefinitions().withName(NAME).delete();
    await("end of the kind").atMost(Duration.ofMinutes(1)).until(() -> !isThere());
  }
}
