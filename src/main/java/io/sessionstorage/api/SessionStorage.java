package io.sessionstorage.api;

import com.fasterxml.jackson.databind.JsonNode;
import io.sessionstorage.api.Store.Configured;
import io.sessionstorage.api.Store.Located;
import io.sessionstorage.api.Store.Managed;
import java.util.ArrayList;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * What an app team asks for.
 *
 * @param consumers the MCP servers to bind to the store
 * @param deletionProtection whether deletion of the SessionStorage is refused
 */
public record SessionStorage(
    Instance instance, Store store, List<Consumer> consumers, boolean deletionProtection) {
  /** The API group. */
  public static final String GROUP = "toolhive.stacklok.dev";

  /** The API group and version. */
  public static final String API_VERSION = GROUP + "/v1alpha1";

  /** The kind that app teams write, in both flavours. */
  public static final String KIND = "SessionStorage";

  /** The cluster-scoped composite behind a claim. */
  public static final String COMPOSITE_KIND = "XSessionStorage";

  /** The longest name: a StatefulSet's revision label adds 11 characters to it and may have 63. */
  public static final int LONGEST_NAME = 50;

  /** The versions of Valkey that can be asked for. */
  public static final Set<String> VERSIONS = Set.of("8.1", "9.0", "9.1");

  /** The values of {@code spec.evictionPolicy}. */
  public static final Set<String> EVICTION_POLICIES =
      Set.of(Managed.DEFAULT_EVICTION_POLICY, "noeviction", "volatile-lru", "allkeys-lru");

  private static final Pattern NAME = Pattern.compile("[a-z]([-a-z0-9]*[a-z0-9])?");
  private static final Pattern NAMESPACE = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
  private static final Pattern SUBDOMAIN = Pattern.compile("[a-z0-9]([-.a-z0-9]*[a-z0-9])?");
  private static final Pattern ISSUER_KIND = Pattern.compile("[A-Z][A-Za-z0-9]{0,62}");
  private static final Pattern URL =
      Pattern.compile("rediss?://[^\\s/@:]+(:[0-9]{1,5})?(/[0-9]{1,3})?");
  private static final List<String> SIBLINGS =
      List.of("-headless", "-sentinel", "-haproxy", "-observer", "-backup", "-rotation");

  private static final Set<String> MANAGED_ONLY =
      Set.of(
          "version",
          "resources",
          "storage",
          "network",
          "evictionPolicy",
          "suspend",
          "tls",
          "backup",
          "restore",
          "credentials");
  private static final Set<String> COMMON =
      Set.of("size", "external", "consumers", "deletionProtection");

  /**
   * What Crossplane itself keeps in {@code spec}; the second line is the legacy composite's and the
   * claim's.
   */
  private static final Set<String> CROSSPLANE =
      Set.of(
          "crossplane",
          "claimRef",
          "compositeDeletePolicy",
          "compositionRef",
          "compositionRevisionRef",
          "compositionRevisionSelector",
          "compositionSelector",
          "compositionUpdatePolicy",
          "publishConnectionDetailsTo",
          "resourceRef",
          "resourceRefs",
          "writeConnectionSecretToRef");

  /**
   * Reads an observed composite of either flavour. Defaults of the schema need not have been
   * applied.
   *
   * @throws InvalidInput with every problem of the object
   */
  public static SessionStorage read(JsonNode composite) throws InvalidInput {
    List<Problem> problems = new ArrayList<>();
    if (!composite.isObject() || composite.isEmpty()) {
      throw new InvalidInput(List.of(new Problem("", "there is no composite: expected a " + KIND)));
    }
    Fields root = Fields.of(composite, "", problems);
    String kind = kind(root);
    if (kind == null) {
      throw new InvalidInput(problems);
    }
    Instance instance = instance(root, kind);
    Fields spec = root.object("spec");
    Set<String> known = new HashSet<>(COMMON);
    known.addAll(MANAGED_ONLY);
    spec.only(known, CROSSPLANE);
    Store store = store(spec);
    List<Consumer> consumers = Consumer.read(spec);
    boolean deletionProtection = spec.flag("deletionProtection", false);
    if (!problems.isEmpty() || instance == null || store == null) {
      throw new InvalidInput(problems);
    }
    return new SessionStorage(instance, store, consumers, deletionProtection);
  }

  private static @Nullable String kind(Fields root) {
    String apiVersion = root.text("apiVersion");
    String kind = root.text("kind");
    if (!API_VERSION.equals(apiVersion) || !(KIND.equals(kind) || COMPOSITE_KIND.equals(kind))) {
      root.problem(
          "kind",
          "this function composes %s and %s of %s, not %s of %s: use it in their Compositions only"
              .formatted(KIND, COMPOSITE_KIND, API_VERSION, kind, apiVersion));
      return null;
    }
    return kind;
  }

  private static @Nullable Instance instance(Fields root, String kind) {
    Fields metadata = root.object("metadata");
    Fields claim = root.object("spec").object("claimRef");
    boolean claimed = COMPOSITE_KIND.equals(kind);
    if (claimed && !claim.has("name")) {
      root.problem(
          "spec.claimRef",
          "an %s lives behind a claim: create a %s in a namespace instead"
              .formatted(COMPOSITE_KIND, KIND));
      return null;
    }
    Fields source = claimed ? claim : metadata;
    String name =
        source.text(
            "name", NAME, "must be lower-case letters, digits and '-', starting with a letter");
    String namespace = source.text("namespace", NAMESPACE, "is no namespace");
    if (name == null) {
      if (!source.has("name")) {
        source.problem("name", "is missing");
      }
      return null;
    }
    if (name.length() > LONGEST_NAME) {
      source.problem(
          "name",
          "\"%s\" has %d characters; use %d or fewer, because names of pods and Services are made from it"
              .formatted(name, name.length(), LONGEST_NAME));
    }
    SIBLINGS.stream()
        .filter(name::endsWith)
        .forEach(
            suffix ->
                source.problem(
                    "name",
                    "\"%s\" ends in %s, which belongs to another store's objects"
                        .formatted(name, suffix)));
    return new Instance(name, Objects.requireNonNullElse(namespace, "default"), claimed);
  }

  private static @Nullable Store store(Fields spec) {
    boolean managed = spec.has("size");
    if (managed == spec.has("external")) {
      spec.problem(
          "size",
          "give exactly one of size (a new store) and external (a store that exists), not "
              + (managed ? "both" : "none"));
      return null;
    }
    return managed ? managed(spec) : external(spec);
  }

  private static @Nullable Store external(Fields spec) {
    MANAGED_ONLY.stream()
        .filter(spec::has)
        .sorted()
        .filter(name -> !"suspend".equals(name) || spec.flag(name, false))
        .filter(name -> !"evictionPolicy".equals(name))
        .forEach(name -> spec.problem(name, "does not apply to an external store: remove it"));
    Fields external =
        spec.object("external")
            .only(Set.of("url", "secretRef", "caSecretRef", "providerConfigRef"));
    if (external.has("providerConfigRef")) {
      return configured(external);
    }
    String url =
        external.text(
            "url",
            URL,
            "must look like redis://host:6379, without a password (that belongs into the Secret)");
    String secretName = external.text("secretRef", SUBDOMAIN, "is no name of a Secret");
    String caSecretName = external.text("caSecretRef", SUBDOMAIN, "is no name of a Secret");
    if (url == null) {
      if (!external.has("url")) {
        external.problem("url", "is missing: redis://host:port or rediss://host:port");
      }
      return null;
    }
    if (caSecretName != null && !url.startsWith("rediss:")) {
      external.problem("caSecretRef", "needs a url that starts with rediss://");
    }
    return new Located(url, secretName, caSecretName);
  }

  private static @Nullable Store configured(Fields external) {
    if (external.has("url") || external.has("secretRef") || external.has("caSecretRef")) {
      external.problem(
          "providerConfigRef",
          "has its own endpoint and secrets: remove url, secretRef and caSecretRef, or this");
    }
    Fields reference = external.object("providerConfigRef").only(Set.of("kind", "name"));
    String kind = reference.oneOf("kind", Configured.KINDS);
    String name = reference.text("name", SUBDOMAIN, "is no name of a provider config");
    if (name == null) {
      if (!reference.has("name")) {
        reference.problem("name", "is missing");
      }
      return null;
    }
    return new Configured(Objects.requireNonNullElse(kind, Configured.DEFAULT_KIND), name);
  }

  private static @Nullable Store managed(Fields spec) {
    String size = spec.oneOf("size", Set.of("small", "medium", "large"));
    String version = spec.oneOf("version", VERSIONS);
    Fields resources = spec.object("resources").only(Set.of("cpu", "memory"));
    Fields storage = spec.object("storage").only(Set.of("size", "className"));
    Fields tls = spec.object("tls").only(Set.of("enabled", "issuerRef"));
    String evictionPolicy = spec.oneOf("evictionPolicy", EVICTION_POLICIES);
    Managed store =
        new Managed(
            size == null ? Size.SMALL : Size.of(size),
            version,
            resources.quantity("cpu", "10m", "64"),
            resources.quantity("memory", "64Mi", "512Gi"),
            storage.quantity("size", "1Gi", "16Ti"),
            storage.text("className", SUBDOMAIN, "is no name of a StorageClass"),
            network(spec.object("network")),
            Objects.requireNonNullElse(evictionPolicy, Managed.DEFAULT_EVICTION_POLICY),
            tls.flag("enabled", false),
            issuer(tls),
            RotationPolicy.read(spec.object("credentials")),
            spec.flag("suspend", false),
            Backup.read(spec),
            Restore.read(spec));
    if ("small".equals(size) && spec.has("storage")) {
      spec.problem(
          "storage",
          "size small keeps sessions in memory only: use size medium or large, or remove storage");
    }
    if ("small".equals(size) && spec.has("restore")) {
      spec.problem(
          "restore",
          "size small would lose again what is restored into it: use size medium or large, or remove restore");
    }
    return size == null ? null : store;
  }

  private static @Nullable IssuerRef issuer(Fields tls) {
    if (!tls.has("issuerRef")) {
      return null;
    }
    if (!tls.flag("enabled", false)) {
      tls.problem(
          "issuerRef",
          "has no effect without tls.enabled: set tls.enabled to true, or remove issuerRef");
    }
    Fields issuer = tls.object("issuerRef").only(Set.of("name", "kind", "group"));
    String name = issuer.text("name", SUBDOMAIN, "is no name of an issuer");
    if (!issuer.has("name")) {
      issuer.problem("name", "is missing: the name of an Issuer, or of the kind that kind names");
    }
    String kind = issuer.text("kind", ISSUER_KIND, "is no kind: use Issuer or ClusterIssuer");
    String group = issuer.text("group", SUBDOMAIN, "is no API group");
    return new IssuerRef(
        Objects.requireNonNullElse(name, ""),
        Objects.requireNonNullElse(kind, IssuerRef.DEFAULT_KIND),
        Objects.requireNonNullElse(group, IssuerRef.CERT_MANAGER));
  }

  private static Network network(Fields network) {
    network.only(Set.of("allowedNamespaces", "allowedPods"));
    List<Map<String, String>> pods = new ArrayList<>();
    for (Fields pod : network.objects("allowedPods")) {
      Map<String, String> labels = pod.only(Set.of("matchLabels")).map("matchLabels");
      if (labels.isEmpty()) {
        pod.problem(
            "matchLabels", "needs at least one label: an empty selector would let every pod in");
      }
      pods.add(labels);
    }
    return new Network(
        network.texts("allowedNamespaces", NAMESPACE, "is no name of a namespace"),
        List.copyOf(pods));
  }
}
