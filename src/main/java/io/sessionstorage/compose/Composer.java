package io.sessionstorage.compose;

import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.sessionstorage.api.InvalidInput;
import io.sessionstorage.api.PlatformDefaults;
import io.sessionstorage.api.SessionStorage;
import io.sessionstorage.api.Store.External;
import io.sessionstorage.api.Store.Managed;
import io.sessionstorage.compose.Answer.Condition;
import io.sessionstorage.compose.Answer.Event;
import io.sessionstorage.compose.Answer.Poll;
import io.sessionstorage.compose.Answer.Resource;
import io.sessionstorage.compose.Answer.Selector;
import io.sessionstorage.compose.Answer.Status;
import io.sessionstorage.compose.plan.Keys;
import io.sessionstorage.compose.plan.Observed;
import io.sessionstorage.compose.plan.Plan;
import io.sessionstorage.compose.plan.User;
import io.sessionstorage.compose.plan.Volume;
import io.sessionstorage.compose.resource.Budgets;
import io.sessionstorage.compose.resource.ConfigMaps;
import io.sessionstorage.compose.resource.DataClaims;
import io.sessionstorage.compose.resource.DeletionProtections;
import io.sessionstorage.compose.resource.Deployments;
import io.sessionstorage.compose.resource.NetworkPolicies;
import io.sessionstorage.compose.resource.Secrets;
import io.sessionstorage.compose.resource.ServiceAccounts;
import io.sessionstorage.compose.resource.Services;
import io.sessionstorage.compose.resource.StatefulSets;
import io.sessionstorage.compose.resource.Trees;
import io.sessionstorage.compose.status.Diagnosis;
import io.sessionstorage.compose.status.Encryption;
import io.sessionstorage.compose.status.Finding;
import io.sessionstorage.compose.status.Persistence;
import io.sessionstorage.compose.status.Phase;
import io.sessionstorage.compose.status.Readiness;
import io.sessionstorage.compose.tls.Certificates;
import io.sessionstorage.compose.tls.Change;
import java.time.temporal.ChronoUnit;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import java.util.random.RandomGenerator;
import java.util.stream.Collectors;

/**
 * The whole decision, from what is observed to what is desired. Safe for use by several threads.
 */
public final class Composer {
  /** Enough that a reconciliation's two or three calls, and a few stores at a time, find theirs. */
  private static final int REMEMBERED = 64;

  private final RandomGenerator random;
  private final Memo<Plan, Map<String, Manifest>> manifests =
      new Memo<>(REMEMBERED, Composer::manifests);

  /**
   * A composer whose only source of chance is {@code random}.
   *
   * @param random the source of passwords: cryptographically strong outside tests
   */
  public Composer(RandomGenerator random) {
    this.random = random;
  }

  /** Never throws for what a user wrote: that is a {@link Answer.Refused}. */
  public Answer compose(Request request) {
    try {
      SessionStorage storage = SessionStorage.read(request.composite());
      PlatformDefaults defaults = PlatformDefaults.read(request.input());
      Observed observed = new Observed(request.composite(), request.observed(), request.required());
      return switch (storage.store()) {
        case Managed managed ->
            managed(
                Plan.of(storage, managed, defaults, observed, random, request.time()), observed);
        case External external -> external(storage, external, defaults);
      };
    } catch (InvalidInput e) {
      return new Answer.Refused(e.problems());
    }
  }

  private Answer managed(Plan plan, Observed observed) {
    Finding finding = Diagnosis.of(plan, observed);
    return new Answer.Composed(
        resources(plan, observed),
        status(plan, observed, finding),
        finding.available(),
        conditions(plan, observed, finding),
        events(plan, observed, finding),
        plan.instance().claimed() ? plan.connection() : Map.of(),
        requirements(plan),
        poll(plan, finding));
  }

  private static Poll poll(Plan plan, Finding finding) {
    Certificates certificates = plan.certificates();
    if (plan.credentials().fresh() || (certificates != null && !certificates.changes().isEmpty())) {
      return Poll.NONE;
    }
    return finding.phase() == Phase.READY || finding.phase() == Phase.SUSPENDED
        ? Poll.REGULAR
        : Poll.SOON;
  }

  private List<Resource> resources(Plan plan, Observed observed) {
    return manifests.of(plan).entrySet().stream()
        .map(
            manifest ->
                new Resource(
                    manifest.getKey(),
                    manifest.getValue(),
                    Readiness.of(observed.get(manifest.getKey()))))
        .toList();
  }

  private static Map<String, Manifest> manifests(Plan plan) {
    Map<String, HasMetadata> objects = new TreeMap<>();
    objects.put(Keys.ACL, Secrets.acl(plan));
    objects.put(Keys.AUTH, Secrets.auth(plan));
    objects.put(Keys.CONFIG, ConfigMaps.config(plan));
    objects.put(Keys.CONNECTION, Secrets.connection(plan));
    objects.put(Keys.HEADLESS, Services.headless(plan));
    objects.put(Keys.NETWORK_POLICY, NetworkPolicies.store(plan));
    objects.put(Keys.SCRIPTS, ConfigMaps.scripts(plan));
    objects.put(Keys.SERVICE, Services.client(plan));
    objects.put(Keys.SERVICE_ACCOUNT, ServiceAccounts.store(plan));
    objects.put(Keys.STATEFUL_SET, StatefulSets.of(plan));
    if (plan.volume() != null) {
      for (int i = 0; i < plan.nodes(); i++) {
        objects.put(Keys.data(i), DataClaims.of(plan, plan.volume(), i));
      }
    }
    if (plan.proxy() != null) {
      objects.put(Keys.BUDGET, Budgets.store(plan));
      objects.put(Keys.PROXY, Deployments.proxy(plan, plan.proxy()));
      objects.put(Keys.PROXY_ACCOUNT, ServiceAccounts.proxy(plan));
      objects.put(Keys.PROXY_BUDGET, Budgets.proxy(plan));
      objects.put(Keys.PROXY_CONFIG, Secrets.proxy(plan, plan.proxy()));
      objects.put(Keys.PROXY_POLICY, NetworkPolicies.proxy(plan));
      objects.put(Keys.SENTINEL, Services.sentinel(plan));
    }
    if (plan.certificates() != null) {
      objects.put(Keys.TLS, Secrets.tls(plan, plan.certificates()));
    }
    if (plan.deletionProtection()) {
      objects.put(Keys.DELETION_PROTECTION, DeletionProtections.of(plan));
    }
    Map<String, Manifest> manifests = new TreeMap<>();
    objects.forEach((key, object) -> manifests.put(key, new Manifest(Trees.of(object))));
    return manifests;
  }

  private static ObjectNode status(Plan plan, Observed observed, Finding finding) {
    boolean ready = finding.phase() == Phase.READY;
    int nodes = observed.get(Keys.STATEFUL_SET).path("status").path("readyReplicas").asInt();
    ObjectNode status = status(finding);
    status.put("connectionSecret", plan.instance().connectionSecret());
    status.put("version", plan.version());
    status
        .putObject("endpoint")
        .put("host", plan.host())
        .put("port", Plan.PORT)
        .put("tls", plan.certificates() != null);
    if (plan.certificates() != null) {
      status
          .putObject("tls")
          .put(
              "notAfter",
              plan.certificates().notAfter().truncatedTo(ChronoUnit.SECONDS).toString());
    }
    status
        .putObject("replicas")
        .put("ready", plan.replicated() ? nodes : ready ? plan.replicas() : 0)
        .put("wanted", plan.replicas());
    if (ready && !plan.replicated()) {
      status.put("primary", plan.instance().pod());
    }
    return status;
  }

  private static ObjectNode status(Finding finding) {
    return JsonNodeFactory.instance
        .objectNode()
        .put("phase", finding.phase().text())
        .put("message", finding.message());
  }

  private static List<Condition> conditions(Plan plan, Observed observed, Finding finding) {
    Persistence persistence = Persistence.of(plan, observed);
    List<Condition> conditions = new ArrayList<>();
    conditions.add(
        new Condition(
            "PrimaryAvailable",
            finding.available() ? Status.TRUE : Status.FALSE,
            finding.reason(),
            finding.message()));
    conditions.add(
        new Condition(
            "PersistenceHealthy",
            persistence.healthy() ? Status.TRUE : Status.FALSE,
            persistence.reason(),
            persistence.message()));
    conditions.add(credentials(plan));
    if (plan.certificates() != null) {
      Encryption encryption = Encryption.of(plan, plan.certificates(), observed);
      conditions.add(
          new Condition(
              "TLSValid",
              encryption.valid() ? Status.TRUE : Status.FALSE,
              encryption.reason(),
              encryption.message()));
    }
    return conditions;
  }

  private static Condition credentials(Plan plan) {
    String secret = plan.instance().authSecret();
    List<User> missing = plan.credentials().missing();
    return missing.isEmpty()
        ? new Condition(
            "CredentialsCurrent",
            Status.TRUE,
            "Current",
            "Secret %s has every password.".formatted(secret))
        : new Condition(
            "CredentialsCurrent",
            Status.FALSE,
            "SecretIncomplete",
            "Secret %s has lost the password of %s, which the running store still asks for. Put it back, or delete the Secret to have new passwords made."
                .formatted(
                    secret, missing.stream().map(User::text).collect(Collectors.joining(", "))));
  }

  private static List<Event> events(Plan plan, Observed observed, Finding finding) {
    List<Event> events = new ArrayList<>();
    String before = observed.composite().path("status").path("phase").asText();
    if (!before.equals(finding.phase().text())) {
      boolean warning = finding.phase() == Phase.FAILED || finding.phase() == Phase.DEGRADED;
      events.add(new Event(warning, finding.reason(), finding.message()));
    }
    if (!observed.has(Keys.AUTH) && observed.has(Keys.STATEFUL_SET)) {
      events.add(
          new Event(
              true,
              "PasswordsMade",
              "Secret %s was gone: new passwords were made, and the running store takes them within two minutes."
                  .formatted(plan.instance().authSecret())));
    }
    if (plan.certificates() != null && observed.has(Keys.TLS)) {
      plan.certificates().changes().forEach(change -> events.add(event(change, plan)));
    }
    return events;
  }

  private static Event event(Change change, Plan plan) {
    String secret = plan.instance().tlsSecret();
    return switch (change) {
      case CREATED ->
          new Event(
              true,
              "CertificateMade",
              "Secret %s was empty: there is a new CA, which consumers must trust."
                  .formatted(secret));
      case LEAF_RENEWED ->
          new Event(
              false,
              "CertificateRenewed",
              "Secret %s has a new certificate, which the servers take without a restart."
                  .formatted(secret));
      case CA_ADDED ->
          new Event(
              false,
              "CAAdded",
              "The CA is being replaced: for a day both are in ca.crt, then the new one signs.");
      case CA_SWITCHED -> new Event(false, "CASwitched", "The new CA signs from now on.");
      case CA_REPLACED ->
          new Event(
              true,
              "CAReplaced",
              "The CA in Secret %s could not be used: there is a new one, which consumers must trust."
                  .formatted(secret));
      case CA_DROPPED ->
          new Event(false, "CADropped", "A CA that has expired was taken out of ca.crt.");
    };
  }

  private static Map<String, Selector> requirements(Plan plan) {
    Map<String, Selector> requirements = new TreeMap<>();
    requirements.put(
        Diagnosis.PODS,
        new Selector("v1", "Pod", plan.instance().namespace(), "", plan.instance().selector()));
    if (plan.replicated()) {
      requirements.put(
          Diagnosis.PROXIES,
          new Selector(
              "v1", "Pod", plan.instance().namespace(), "", plan.instance().proxySelector()));
    }
    if (plan.volume() != null && plan.volume().className() != null) {
      requirements.put(
          Volume.STORAGE_CLASS,
          new Selector(
              "storage.k8s.io/v1", "StorageClass", "", plan.volume().className(), Map.of()));
    }
    return requirements;
  }

  /** An external store is accepted, and composed to nothing until the provider is there. */
  private static Answer external(
      SessionStorage storage, External external, PlatformDefaults defaults) throws InvalidInput {
    if (!defaults.refusals(storage).isEmpty()) {
      throw new InvalidInput(defaults.refusals(storage));
    }
    Finding finding =
        new Finding(
            Phase.PENDING,
            "ExternalNotSupported",
            "This release does not connect to external stores yet: %s is not used. Use spec.size to have a store made."
                .formatted(external.url()));
    return new Answer.Composed(
        List.of(),
        status(finding),
        false,
        List.of(
            new Condition("PrimaryAvailable", Status.UNKNOWN, finding.reason(), finding.message())),
        List.of(),
        Map.of(),
        Map.of(),
        Poll.REGULAR);
  }
}
