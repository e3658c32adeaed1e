package io.sessionstorage.e2e;

import io.fabric8.kubernetes.api.model.NamespaceBuilder;
import java.util.HexFormat;
import java.util.concurrent.ThreadLocalRandom;

/** A namespace of a test's own that enforces a Pod Security profile, deleted at the end. */
final class TestNamespace implements AutoCloseable {
  private final String name;

  TestNamespace(String purpose) {
    this(purpose, "restricted");
  }

  TestNamespace(String purpose, String profile) {
    name =
        "e2e-" + purpose + "-" + HexFormat.of().toHexDigits(ThreadLocalRandom.current().nextInt());
    // @formatter:off
    Cluster.CLIENT.resource(new NamespaceBuilder()
        .withNewMetadata()
          .withName(name)
          .addToLabels("pod-security.kubernetes.io/enforce", profile)
        .endMetadata()
        .build()).create();
    // @formatter:on
  }

  String name() {
    return name;
  }

  Store store(String store) {
    return new Store(name, store);
  }

  @Override
  public void close() {
    Cluster.CLIENT.namespaces().withName(name).delete();
  }
}
