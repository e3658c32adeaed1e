package io.sessionstorage.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.fabric8.kubernetes.api.model.Quantity;
import java.util.ArrayList;
import java.util.EnumMap;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What the platform team sets for all stores: the function's input in the Composition.
 *
 * @param images the image of each version of Valkey
 * @param haproxy the image of the proxies of size large
 * @param restic the image of what stores backups
 * @param storageClassName null: the cluster's default class
 * @param clusterDomain the cluster's DNS domain
 * @param trafficDistribution which proxy of a large store a client is led to, as a Service has it;
 *     null: any
 * @param labels for every object
 * @param limits the most that an app team may ask for; null in it: no limit
 * @param sizes null: every size is allowed
 * @param versions null: every version is allowed
 * @param overrides the fields that app teams may set; null: every one
 */
public record PlatformDefaults(
    Map<String, String> images,
    String haproxy,
    String restic,
    List<String> imagePullSecrets,
    @Nullable String storageClassName,
    String clusterDomain,
    @Nullable String trafficDistribution,
    Map<String, String> labels,
    Map<Size, Preset> presets,
    Limits limits,
    @Nullable Set<String> sizes,
    @Nullable Set<String> versions,
    boolean external,
    @Nullable Set<String> overrides) {
  /** The input's kind. */
  public static final String KIND = "PlatformDefaults";

  /** The version that a new store gets. */
  public static final String DEFAULT_VERSION = "9.1";

  private static final String DOCKER_HUB = "docker.io";
  private static final Map<String, String> IMAGES =
      Map.of(
          "8.1",
          DOCKER_HUB + "/valkey/valkey:8.1.9",
          "9.0",
          DOCKER_HUB + "/valkey/valkey:9.0.4",
          DEFAULT_VERSION,
          DOCKER_HUB + "/valkey/valkey:9.1.2");
  private static final String HAPROXY = "/library/haproxy:3.2";
  private static final String RESTIC = "/restic/restic:0.19.1";
  private static final Map<Size, Preset> PRESETS =
      Map.of(
          Size.SMALL, new Preset(new Quantity("100m"), new Quantity("256Mi"), new Quantity("1Gi")),
          Size.MEDIUM, new Preset(new Quantity("250m"), new Quantity("512Mi"), new Quantity("5Gi")),
          Size.LARGE, new Preset(new Quantity("500m"), new Quantity("1Gi"), new Quantity("10Gi")));
  private static final Set<String> OVERRIDES =
      Set.of(
          "version",
          "resources",
          "storage",
          "network",
          "evictionPolicy",
          "credentials",
          "suspend",
          "backup",
          "restore",
          "deletionProtection");

  /** So that the loss of another node does not concern a client whose own node has a proxy. */
  private static final String OWN_NODE_FIRST = "PreferSameNode";

  private static final String ANYWHERE = "Any";
  private static final Set<String> TRAFFIC_DISTRIBUTIONS =
      Set.of(OWN_NODE_FIRST, "PreferSameZone", ANYWHERE);

  private static final Pattern ANY_NAME = Pattern.compile("[a-z0-9]([-.a-z0-9]*[a-z0-9])?");
  private static final Pattern REGISTRY =
      Pattern.compile(
          "[a-z0-9]([-.a-z0-9]*[a-z0-9])?(:[0-9]{1,5})?(/[a-z0-9]([-._a-z0-9]*[a-z0-9])?)*");
  private static final Pattern IMAGE =
      Pattern.compile(REGISTRY.pattern() + "(:[-._A-Za-z0-9]+)?(@sha256:[0-9a-f]{64})?");
  private static final Pattern LABEL_VALUE =
      Pattern.compile("([A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?)?");
  private static final Pattern LABEL_KEY =
      Pattern.compile(
          "([a-z0-9]([-.a-z0-9]*[a-z0-9])?/)?[A-Za-z0-9]([-A-Za-z0-9_.]{0,61}[A-Za-z0-9])?");

  /** What one size gets unless an app team overrides it. */
  public record Preset(Quantity cpu, Quantity memory, Quantity storage) {}

  /** The most that an app team may ask for; null: no limit. */
  public record Limits(
      @Nullable Quantity cpu, @Nullable Quantity memory, @Nullable Quantity storage) {}

  /**
   * Reads the function's input.
   *
   * @param input an empty object: no platform defaults
   * @throws InvalidInput with every problem, each path starting with {@code PlatformDefaults}
   */
  public static PlatformDefaults read(JsonNode input) throws InvalidInput {
    List<Problem> problems = new ArrayList<>();
    Fields root = Fields.of(input, KIND, problems);
    if (!input.isEmpty()
        && !(KIND.equals(input.path("kind").asText())
            && SessionStorage.API_VERSION.equals(input.path("apiVersion").asText()))) {
      root.problem(
          "kind",
          "the function's input must be a %s of %s".formatted(KIND, SessionStorage.API_VERSION));
    }
    root.only(
        Set.of(
            "apiVersion",
            "kind",
            "metadata",
            "images",
            "imagePullSecrets",
            "storageClassName",
            "clusterDomain",
            "trafficDistribution",
            "labels",
            "presets",
            "limits",
            "allowed"));
    Fields limits = root.object("limits").only(Set.of("cpu", "memory", "storage"));
    Fields allowed =
        root.object("allowed").only(Set.of("sizes", "versions", "external", "overrides"));
    PlatformDefaults defaults =
        new PlatformDefaults(
            images(root.object("images")),
            image(root.object("images"), "haproxy", HAPROXY),
            image(root.object("images"), "restic", RESTIC),
            root.texts("imagePullSecrets", ANY_NAME, "is no name of a Secret"),
            root.text("storageClassName", ANY_NAME, "is no name of a StorageClass"),
            Objects.requireNonNullElse(
                root.text("clusterDomain", ANY_NAME, "is no DNS domain"), "cluster.local"),
            trafficDistribution(root),
            labels(root),
            presets(root.object("presets")),
            new Limits(
                limits.quantity("cpu", "10m", "64"),
                limits.quantity("memory", "64Mi", "512Gi"),
                limits.quantity("storage", "1Gi", "16Ti")),
            allowed.anyOf("sizes", Set.of("small", "medium", "large")),
            allowed.anyOf("versions", SessionStorage.VERSIONS),
            allowed.flag("external", true),
            allowed.anyOf("overrides", OVERRIDES));
    if (!problems.isEmpty()) {
      throw new InvalidInput(problems);
    }
    return defaults;
  }

  /** What {@code size} gets unless an app team overrides it. */
  public Preset preset(Size size) {
    return Objects.requireNonNull(presets.get(size));
  }

  private static Map<String, String> images(Fields images) {
    images.only(Set.of("registry", "valkey", "haproxy", "restic"));
    Map<String, String> result = new LinkedHashMap<>(IMAGES);
    String registry =
        images.text("registry", REGISTRY, "is no registry, such as registry.example.org/mirror");
    if (registry != null) {
      result.replaceAll((version, image) -> registry + image.substring(DOCKER_HUB.length()));
    }
    Fields valkey = images.object("valkey").only(SessionStorage.VERSIONS);
    for (String version : SessionStorage.VERSIONS) {
      String image = valkey.text(version, IMAGE, "is no image reference");
      if (image != null) {
        result.put(version, image);
      }
    }
    return Map.copyOf(result);
  }

  /** What is set, or the public image, of the registry that is set. */
  private static String image(Fields images, String name, String path) {
    String image = images.text(name, IMAGE, "is no image reference");
    return image != null
        ? image
        : Objects.requireNonNullElse(images.text("registry"), DOCKER_HUB) + path;
  }

  private static @Nullable String trafficDistribution(Fields root) {
    String distribution =
        Objects.requireNonNullElse(
            root.oneOf("trafficDistribution", TRAFFIC_DISTRIBUTIONS), OWN_NODE_FIRST);
    return distribution.equals(ANYWHERE) ? null : distribution;
  }

  private static Map<String, String> labels(Fields root) {
    Map<String, String> labels = root.map("labels");
    labels.forEach(
        (key, value) -> {
          if (!LABEL_KEY.matcher(key).matches() || !LABEL_VALUE.matcher(value).matches()) {
            root.problem("labels." + key, "is no Kubernetes label");
          } else if (key.startsWith("app.kubernetes.io/") || key.contains("crossplane.io/")) {
            root.problem(
                "labels." + key, "is set by the function or by Crossplane: use a key of your own");
          }
        });
    return Map.copyOf(labels);
  }

  private static Map<Size, Preset> presets(Fields presets) {
    presets.only(Set.of("small", "medium", "large"));
    Map<Size, Preset> result = new EnumMap<>(PRESETS);
    result.replaceAll(
        (size, preset) -> {
          Fields fields = presets.object(size.text());
          fields.only(
              size.persistent() ? Set.of("cpu", "memory", "storage") : Set.of("cpu", "memory"));
          return new Preset(
              Objects.requireNonNullElse(fields.quantity("cpu", "10m", "64"), preset.cpu()),
              Objects.requireNonNullElse(
                  fields.quantity("memory", "64Mi", "512Gi"), preset.memory()),
              Objects.requireNonNullElse(
                  fields.quantity("storage", "1Gi", "16Ti"), preset.storage()));
        });
    return Map.copyOf(result);
  }

  /**
   * What {@code storage} asks for that the platform team does not allow.
   *
   * @return empty: everything is allowed
   */
  public List<Problem> refusals(SessionStorage storage) {
    List<Problem> problems = new ArrayList<>();
    switch (storage.store()) {
      case Store.External ignored when !external ->
          problems.add(refusal("spec.external", "external stores"));
      case Store.External ignored -> {}
      case Store.Managed managed -> {
        if (sizes != null && !sizes.contains(managed.size().text())) {
          problems.add(
              new Problem(
                  "spec.size",
                  "the platform allows only "
                      + String.join(", ", sizes.stream().sorted().toList())));
        }
        String version = managed.version();
        if (version != null && versions != null && !versions.contains(version)) {
          problems.add(
              new Problem(
                  "spec.version",
                  "the platform allows only "
                      + String.join(", ", versions.stream().sorted().toList())));
        }
        override(problems, "version", version != null);
        override(problems, "resources", managed.cpu() != null || managed.memory() != null);
        override(problems, "storage", managed.storage() != null || managed.storageClass() != null);
        override(problems, "network", !managed.network().equals(Network.CLOSED));
        override(
            problems,
            "evictionPolicy",
            !managed.evictionPolicy().equals(Store.Managed.DEFAULT_EVICTION_POLICY));
        override(problems, "credentials", !managed.rotation().equals(RotationPolicy.NEVER));
        override(problems, "suspend", managed.suspend());
        override(problems, "backup", managed.backup() != null);
        override(problems, "restore", managed.restore() != null);
        limit(problems, "spec.resources.cpu", managed.cpu(), limits.cpu());
        limit(problems, "spec.resources.memory", managed.memory(), limits.memory());
        limit(problems, "spec.storage.size", managed.storage(), limits.storage());
        if (managed.backup() != null
            && managed.backup().destination() instanceof Destination.Pvc pvc) {
          limit(problems, "spec.backup.destination.pvc.size", pvc.size(), limits.storage());
        }
      }
    }
    override(problems, "deletionProtection", storage.deletionProtection());
    return problems;
  }

  private void override(List<Problem> problems, String field, boolean set) {
    if (set && overrides != null && !overrides.contains(field)) {
      problems.add(refusal("spec." + field, "setting it"));
    }
  }

  private static Problem refusal(String path, String what) {
    return new Problem(
        path, "the platform does not allow " + what + ": remove it, or ask the platform team");
  }

  private static void limit(
      List<Problem> problems, String path, @Nullable Quantity wanted, @Nullable Quantity most) {
    if (wanted != null
        && most != null
        && wanted.getNumericalAmount().compareTo(most.getNumericalAmount()) > 0) {
      problems.add(
          new Problem(path, "%s is more than the platform's limit of %s".formatted(wanted, most)));
    }
  }
}
