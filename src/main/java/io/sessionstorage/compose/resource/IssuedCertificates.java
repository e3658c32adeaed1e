package io.sessionstorage.compose.resource;

import io.fabric8.kubernetes.api.model.GenericKubernetesResource;
import io.fabric8.kubernetes.api.model.GenericKubernetesResourceBuilder;
import io.sessionstorage.api.IssuerRef;
import io.sessionstorage.compose.plan.Plan;
import io.sessionstorage.compose.plan.Tls;
import io.sessionstorage.compose.tls.Certificates;
import java.time.Duration;
import java.util.List;
import java.util.Map;
import java.util.stream.Stream;

/** What cert-manager is asked for. */
public final class IssuedCertificates {
  private IssuedCertificates() {}

  /** A Certificate of the same life as that of the store's own authority. */
  public static GenericKubernetesResource of(Plan plan, Tls.Issued issued) {
    IssuerRef issuer = issued.issuer();
    return new GenericKubernetesResourceBuilder()
        .withApiVersion(IssuerRef.CERT_MANAGER + "/v1")
        .withKind("Certificate")
        .withMetadata(Metadata.of(plan, issued.secret()))
        .withAdditionalProperties(
            Map.of(
                "spec",
                Map.of(
                    "secretName",
                    issued.secret(),
                    "dnsNames",
                    Stream.concat(issued.dnsNames().stream(), Stream.of("localhost")).toList(),
                    "ipAddresses",
                    List.of("127.0.0.1"),
                    "duration",
                    hours(Certificates.LEAF_LIFE),
                    "renewBefore",
                    hours(Certificates.LEAF_LIFE.dividedBy(3)),
                    "privateKey",
                    Map.of("algorithm", "ECDSA", "size", 256, "rotationPolicy", "Always"),
                    "usages",
                    List.of("digital signature", "server auth", "client auth"),
                    "issuerRef",
                    Map.of("name", issuer.name(), "kind", issuer.kind(), "group", issuer.group()))))
        .build();
  }

  private static String hours(Duration duration) {
    return duration.toHours() + "h0m0s";
  }
}
