package io.sessionstorage.e2e;

import java.util.Map;

/** Packages as a platform team gets them with the next release. */
final class Packages {
  private static final String NEXT =
      """
      package=$(mktemp -d)
      cp -r "package/$FOLDER/." "$package"
      sed -i 's|meta.crossplane.io/description: |&Again. |' "$package/crossplane.yaml"
      crossplane xpkg build -f "$package" --embed-runtime-image-tarball="$IMAGE" -o "$package/next.xpkg"
      crossplane xpkg push -f "$package/next.xpkg" "$REGISTRY/$NAME:$NEXT"
      rm -r "$package"
      """;

  private Packages() {}

  /** Pushes another package with the same function in it, and returns its version. */
  static String nextFunction() {
    return next("function", "target/jib-image.tar", "function-session-storage");
  }

  /** Pushes another package with the same provider in it, and returns its version. */
  static String nextProvider() {
    return next("provider", "target/jib-provider.tar", "provider-valkey");
  }

  private static String next(String folder, String image, String name) {
    String version = System.getenv("VERSION") + ".next";
    Shell.run(NEXT, Map.of("FOLDER", folder, "IMAGE", image, "NAME", name, "NEXT", version));
    return version;
  }
}
