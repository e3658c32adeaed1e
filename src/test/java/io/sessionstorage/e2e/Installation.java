package io.sessionstorage.e2e;

import static org.assertj.core.api.Assertions.assertThat;
import static org.awaitility.Awaitility.await;

import java.time.Duration;
import java.util.Optional;

/**
 * What is installed. The two flavours exclude each other, so each test class says which it needs.
 */
enum Installation {
  /** The kind SessionStorage as a namespaced composite. */
  NAMESPACED("session-storage", "Install the API"),
  /** The kind SessionStorage as a claim. */
  CLAIM("session-storage-claim", "Or install the API as a claim");

  /** Who changes what is installed holds it alone, whoever uses it shares it. */
  static final String LOCK = "installation";

  private static Optional<Installation> current = Optional.empty();

  private final String configuration;
  private final String heading;

  Installation(String configuration, String heading) {
    this.configuration = configuration;
    this.heading = heading;
  }

  /** Installs this flavour as the guide says, if it is not installed by this run already. */
  void require() {
    synchronized (Installation.class) {
      if (current.equals(Optional.of(this))) {
        return;
      }
      current = Optional.empty();
      if (otherIsInstalled()) {
        awaitNoStore();
        Guide.run("Uninstall");
      }
      Guide.run("Install the function", "Install the provider", heading);
      current = Optional.of(this);
    }
  }

  /** Earlier tests have deleted theirs; nobody else's is touched. */
  private static void awaitNoStore() {
    await("end of every store, which come before the kind's end")
        .atMost(Duration.ofMinutes(2))
        .untilAsserted(
            () ->
                assertThat(Store.everywhere())
                    .as("stores on the cluster: delete them, or test on another cluster")
                    .isEmpty());
  }

  private boolean otherIsInstalled() {
    return Cluster.clusterScoped("pkg.crossplane.io", "v1", "Configuration", "configurations")
        .list()
        .getItems()
        .stream()
        .map(configuration -> configuration.getMetadata().getName())
        .anyMatch(name -> name.startsWith("session-storage") && !name.equals(configuration));
  }
}
