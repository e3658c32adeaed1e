package io.sessionstorage.schema;

/** The claim flavour of the API, derived from the namespaced one. */
final class ClaimDefinition {
  private static final String HEAD =
      """
      # Derived from package/apis/definition.yaml, from "versions" on: do not edit, see package/README.md.
      apiVersion: apiextensions.crossplane.io/v1
      kind: CompositeResourceDefinition
      metadata:
        name: xsessionstorages.toolhive.stacklok.dev
      spec:
        scope: LegacyCluster
        group: toolhive.stacklok.dev
        names:
          kind: XSessionStorage
          listKind: XSessionStorageList
          plural: xsessionstorages
          singular: xsessionstorage
          shortNames: [xsstore]
        claimNames:
          kind: SessionStorage
          listKind: SessionStorageList
          plural: sessionstorages
          singular: sessionstorage
          shortNames: [sstore]
        # What a claim's writeConnectionSecretToRef receives.
        connectionSecretKeys:
          - host
          - port
          - username
          - password
          - uri
          - type
          - provider
          - tls
          - REDIS_URL
          - REDIS_PASSWORD
          - SESSION_STORAGE_TYPE
        defaultCompositionRef:
          name: session-storage-claim
      """;

  private static final String VERSIONS = "\n  versions:\n";

  private ClaimDefinition() {}

  static String from(String namespaced) {
    int versions = namespaced.indexOf(VERSIONS);
    if (versions < 0) {
      throw new IllegalArgumentException("no spec.versions in the namespaced definition");
    }
    return HEAD + namespaced.substring(versions + 1);
  }
}
