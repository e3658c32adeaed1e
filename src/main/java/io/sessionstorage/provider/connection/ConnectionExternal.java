package io.sessionstorage.provider.connection;

import io.sessionstorage.provider.connection.Finding.About;
import io.sessionstorage.provider.connection.Finding.Severity;
import io.sessionstorage.provider.managed.Condition;
import io.sessionstorage.provider.managed.ConnectionDetails;
import io.sessionstorage.provider.managed.External;
import io.sessionstorage.provider.managed.ExternalFailure;
import io.sessionstorage.provider.managed.Managed;
import io.sessionstorage.provider.managed.Observation;
import io.sessionstorage.provider.store.Contract;
import io.sessionstorage.provider.store.Store;
import io.sessionstorage.valkey.Failure;
import io.sessionstorage.valkey.Login;
import io.sessionstorage.valkey.Server;
import io.sessionstorage.valkey.Servers;
import io.sessionstorage.valkey.ValkeyException;
import java.time.InstantSource;
import java.util.EnumMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Looks at the endpoint. There is nothing to create, to change or to delete: an endpoint that
 * answers exists, and one that does not is an error.
 */
public final class ConnectionExternal
    implements External<ConnectionParameters, ConnectionObservation, Store> {
  private static final String PROBE = "session-storage-probe:";

  private final Servers servers;
  private final InstantSource clock;
  private final Looks shared;

  /** An external over connections that it shares with others. */
  public ConnectionExternal(Servers servers, InstantSource clock) {
    this.servers = servers;
    this.clock = clock;
    this.shared = new Looks(clock);
  }

  @Override
  public Observation<ConnectionObservation> observe(
      Managed<ConnectionParameters, ConnectionObservation, Store> managed) {
    if (managed.deleted()) {
      return Observation.missing();
    }
    Server server = managed.config().server();
    ConnectionParameters wanted = managed.forProvider();
    Login login = server.login();
    String key = wanted.prefix() + PROBE + managed.id().uid();
    try {
      Seen seen =
          shared.get(
              new Looks.At(server, wanted),
              managed.id().uid(),
              () ->
                  servers.use(
                      server,
                      link ->
                          Probe.look(
                              link,
                              login == null ? null : login.user(),
                              key,
                              wanted.commands(),
                              wanted.mayWrite())));
      return observation(server, seen);
    } catch (ValkeyException e) {
      throw unusable(e);
    }
  }

  private Observation<ConnectionObservation> observation(Server server, Seen seen) {
    List<Finding> findings = Checks.of(seen, clock.instant());
    Observation<ConnectionObservation> observation =
        Observation.current(ConnectionObservation.of(seen)).publishing(details(server));
    for (Condition condition : conditions(seen, findings)) {
      observation = observation.with(condition);
    }
    return observation;
  }

  private static List<Condition> conditions(Seen seen, List<Finding> findings) {
    Map<About, Condition> conditions = new EnumMap<>(About.class);
    for (About about : About.values()) {
      if (about != About.TLS || seen.notAfter() != null) {
        conditions.put(about, about.good());
      }
    }
    findings.stream()
        .collect(Collectors.groupingBy(Finding::about))
        .forEach((about, found) -> conditions.put(about, Finding.condition(found)));
    String errors =
        findings.stream()
            .filter(finding -> finding.severity() == Severity.ERROR)
            .map(Finding::message)
            .collect(Collectors.joining(" "));
    return Stream.concat(
            conditions.values().stream(),
            Stream.of(errors.isEmpty() ? Condition.available() : Condition.unavailable(errors)))
        .toList();
  }

  private static ConnectionDetails details(Server server) {
    Login login = server.login();
    return new ConnectionDetails(
        Contract.data(
            server, login == null ? null : login.user(), login == null ? null : login.password()));
  }

  /** Nothing was seen, and that is what the conditions say. */
  private static ExternalFailure unusable(ValkeyException e) {
    String message = String.valueOf(e.getMessage());
    Condition about = Condition.of(about(e.failure()).type(), false, e.failure().reason(), message);
    Condition primary = Condition.of(About.PRIMARY.type(), false, e.failure().reason(), message);
    return new ExternalFailure(message, List.of(Condition.unavailable(message), primary, about));
  }

  private static About about(Failure failure) {
    return switch (failure) {
      case NOT_TLS, TLS_REQUIRED, UNTRUSTED, EXPIRED, WRONG_NAME, CLIENT_CERTIFICATE, TLS_FAILED ->
          About.TLS;
      default -> About.PRIMARY;
    };
  }

  @Override
  public ConnectionDetails create(
      Managed<ConnectionParameters, ConnectionObservation, Store> managed) {
    return ConnectionDetails.NONE;
  }

  @Override
  public ConnectionDetails update(
      Managed<ConnectionParameters, ConnectionObservation, Store> managed,
      Observation<ConnectionObservation> observation) {
    return ConnectionDetails.NONE;
  }

  @Override
  public void delete(Managed<ConnectionParameters, ConnectionObservation, Store> managed) {}
}
