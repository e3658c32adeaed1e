package io.sessionstorage.provider.connection;

import static java.util.Map.entry;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.catchThrowableOfType;
import static org.assertj.core.api.Assertions.tuple;
import static org.awaitility.Awaitility.await;

import io.sessionstorage.api.ToolHive;
import io.sessionstorage.compose.tls.Certificates;
import io.sessionstorage.provider.connection.ConnectionParameters.Checks;
import io.sessionstorage.provider.connection.ConnectionParameters.Use;
import io.sessionstorage.provider.managed.Condition;
import io.sessionstorage.provider.managed.ConnectionDetails;
import io.sessionstorage.provider.managed.ExternalFailure;
import io.sessionstorage.provider.managed.Id;
import io.sessionstorage.provider.managed.Managed;
import io.sessionstorage.provider.managed.Observation;
import io.sessionstorage.provider.store.Store;
import io.sessionstorage.testing.FaultServer;
import io.sessionstorage.testing.ValkeyProcess;
import io.sessionstorage.valkey.Endpoint;
import io.sessionstorage.valkey.Login;
import io.sessionstorage.valkey.Server;
import io.sessionstorage.valkey.Servers;
import io.sessionstorage.valkey.Tls;
import java.nio.file.Path;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against real servers. */
class ConnectionTest {
  private static final String PASSWORD = "password-of-a-test";
  private static final Login LOGIN = new Login(null, PASSWORD);
  private static final ConnectionParameters DEFAULTS = new ConnectionParameters(null, null, null);
  private static final ConnectionParameters READ_ONLY =
      new ConnectionParameters(null, null, new Checks(false));
  private static final ConnectionParameters ALL_USES =
      new ConnectionParameters(null, List.of(Use.SESSIONS, Use.AUTH_SERVER), null);
  private static final String GOOD =
      "maxmemory 100mb\nmaxmemory-policy volatile-ttl\nappendonly yes\nrequirepass " + PASSWORD;

  @AutoClose private final Servers servers = new Servers();

  private Observation<ConnectionObservation> observe(
      Server server, ConnectionParameters parameters, Instant now) {
    return new ConnectionExternal(servers, InstantSource.fixed(now))
        .observe(managed(server, parameters, false));
  }

  private Observation<ConnectionObservation> observe(
      ValkeyProcess valkey, @Nullable Login login, ConnectionParameters parameters) {
    return observe(server(valkey.port(), login), parameters, Instant.now());
  }

  private static Managed<ConnectionParameters, ConnectionObservation, Store> managed(
      Server server, ConnectionParameters parameters, boolean deleted) {
    Id id = new Id("v1", "Connection", "team-a", "store", "11-22");
    return new Managed<>(
        id, "store", parameters, null, Store.of(server), ConnectionDetails.NONE, deleted);
  }

  private static Server server(int port, @Nullable Login login) {
    return new Server(new Endpoint("127.0.0.1", port, 0, false), null, login);
  }

  private static Map<String, String> reasons(Observation<?> observation) {
    return observation.conditions().stream()
        .collect(Collectors.toMap(Condition::type, Condition::reason));
  }

  private static Condition condition(Observation<?> observation, String type) {
    return observation.conditions().stream()
        .filter(it -> it.type().equals(type))
        .findFirst()
        .orElseThrow();
  }

  private static ConnectionObservation seen(Observation<ConnectionObservation> observation) {
    return Objects.requireNonNull(observation.atProvider());
  }

  @Test
  void aGoodStoreIsReady(@TempDir Path root) throws Exception {
    try (ValkeyProcess valkey = ValkeyProcess.start(root, GOOD)) {
      Observation<ConnectionObservation> observation = observe(valkey, LOGIN, ALL_USES);
      assertThat(reasons(observation))
          .containsExactlyInAnyOrderEntriesOf(
              Map.of(
                  "Ready", "Available",
                  "PrimaryAvailable", "Writable",
                  "CommandsPermitted", "Permitted",
                  "VersionSupported", "Supported",
                  "PersistenceHealthy", "Persistent",
                  "MemoryHealthy", "Sufficient",
                  "AccessRestricted", "PasswordRequired"));
      ConnectionObservation seen = seen(observation);
      assertThat(seen.server()).isEqualTo("valkey");
      assertThat(seen.mode()).isEqualTo("standalone");
      assertThat(seen.role()).isEqualTo("master");
      assertThat(seen.evictionPolicy()).isEqualTo("volatile-ttl");
      assertThat(seen.persistence()).isEqualTo("AOF");
      assertThat(observe(valkey, LOGIN, ALL_USES))
          .as("nothing changes from look to look")
          .isEqualTo(observation);
    }
  }

  @Test
  void publishesTheContractsKeys(@TempDir Path root) throws Exception {
    try (ValkeyProcess valkey = ValkeyProcess.start(root, GOOD)) {
      String at = "127.0.0.1:" + valkey.port();
      assertThat(observe(valkey, LOGIN, DEFAULTS).connection().values())
          .containsOnly(
              entry("type", "valkey"),
              entry("provider", "session-storage"),
              entry("host", "127.0.0.1"),
              entry("port", Integer.toString(valkey.port())),
              entry("tls", "false"),
              entry("username", "default"),
              entry("password", PASSWORD),
              entry("uri", "redis://default:" + PASSWORD + "@" + at),
              entry("SESSION_STORAGE_TYPE", "redis"),
              entry("REDIS_URL", "redis://:" + PASSWORD + "@" + at),
              entry("REDIS_PASSWORD", PASSWORD));
    }
  }

  @Test
  void leavesNoKeyBehind(@TempDir Path root) throws Exception {
    try (ValkeyProcess valkey = ValkeyProcess.start(root, GOOD)) {
      observe(valkey, LOGIN, ALL_USES);
      assertThat(keys(valkey)).isEmpty();
    }
  }

  @Test
  void writesNothingIfItMayNot(@TempDir Path root) throws Exception {
    try (ValkeyProcess valkey =
        ValkeyProcess.start(root, GOOD, acl("app", "+@all -acl -config -info"))) {
      Login app = new Login("app", PASSWORD);
      Server server = server(valkey.port(), app);
      long writes = writes(valkey);
      Observation<ConnectionObservation> observation = observe(server, READ_ONLY, Instant.now());
      assertThat(writes(valkey)).isEqualTo(writes);
      assertThat(reasons(observation))
          .containsEntry("CommandsPermitted", "NotChecked")
          .containsEntry("Ready", "Available");
      assertThat(condition(observation, "CommandsPermitted").status()).isEqualTo("Unknown");
    }
  }

  private static String acl(String user, String commands) {
    return "user " + user + " on >" + PASSWORD + " ~thv:* resetchannels -@all " + commands;
  }

  private List<String> keys(ValkeyProcess valkey) throws Exception {
    return servers.use(server(valkey.port(), LOGIN), link -> link.call("KEYS", "*").texts());
  }

  private long writes(ValkeyProcess valkey) throws Exception {
    return servers
        .use(server(valkey.port(), LOGIN), link -> link.call("INFO", "commandstats").text())
        .lines()
        .filter(line -> line.matches("cmdstat_(set|del|getex|hset|expire|pexpire|sadd|zadd):.*"))
        .mapToLong(line -> Long.parseLong(line.replaceFirst(".*calls=(\\d+),.*", "$1")))
        .sum();
  }

  @Test
  void theMinimalAclOfToolHiveIsEnough(@TempDir Path root) throws Exception {
    String commands =
        ToolHive.SESSION_COMMANDS.stream().map(it -> "+" + it).collect(Collectors.joining(" "));
    try (ValkeyProcess valkey = ValkeyProcess.start(root, GOOD, acl("app", commands))) {
      Observation<ConnectionObservation> observation =
          observe(valkey, new Login("app", PASSWORD), DEFAULTS);
      assertThat(reasons(observation))
          .containsEntry("Ready", "Available")
          .containsEntry("CommandsPermitted", "Permitted")
          .containsEntry("PersistenceHealthy", "NotPermitted");
      assertThat(seen(observation).version()).as("HELLO tells everybody").startsWith("9.");
      assertThat(keys(valkey)).isEmpty();
    }
  }

  @Test
  void namesTheCommandsThatAreDenied(@TempDir Path root) throws Exception {
    String some = "+ping +client|setinfo +get +set +getex +del +eval +evalsha +hmget +hset";
    try (ValkeyProcess valkey =
        ValkeyProcess.start(
            root,
            GOOD,
            acl("app", some),
            acl("dry", some + " +acl|whoami +acl|dryrun"),
            "user keys on >" + PASSWORD + " ~other:* resetchannels -@all +@all")) {
      for (String user : List.of("app", "dry")) {
        Observation<ConnectionObservation> observation =
            observe(valkey, new Login(user, PASSWORD), DEFAULTS);
        assertThat(reasons(observation))
            .containsEntry("Ready", "Unavailable")
            .containsEntry("CommandsPermitted", "CommandsDenied");
        assertThat(condition(observation, "CommandsPermitted").message())
            .contains("User " + user + " may not call expire, pexpire, time on")
            .contains("ACL SETUSER " + user + " +expire +pexpire +time");
      }
      assertThat(reasons(observe(valkey, new Login("keys", PASSWORD), DEFAULTS)))
          .containsEntry("Ready", "Unavailable")
          .containsEntry("CommandsPermitted", "KeysDenied");
    }
  }

  @Test
  void tellsACommandThatTheServerDoesNotHave(@TempDir Path root) throws Exception {
    try (ValkeyProcess valkey = ValkeyProcess.start(root, GOOD, "rename-command GETEX \"\"")) {
      Observation<ConnectionObservation> observation = observe(valkey, LOGIN, DEFAULTS);
      assertThat(reasons(observation))
          .containsEntry("Ready", "Unavailable")
          .containsEntry("VersionSupported", "CommandsMissing");
    }
  }

  @Test
  void tellsAReplica(@TempDir Path root, @TempDir Path replicaRoot) throws Exception {
    try (ValkeyProcess primary = ValkeyProcess.start(root);
        ValkeyProcess replica =
            ValkeyProcess.start(replicaRoot, "replicaof 127.0.0.1 " + primary.port())) {
      Observation<ConnectionObservation> observation = observe(replica, null, DEFAULTS);
      assertThat(reasons(observation))
          .containsEntry("Ready", "Unavailable")
          .containsEntry("PrimaryAvailable", "Replica");
      assertThat(condition(observation, "Ready").message())
          .contains("is a replica of 127.0.0.1:" + primary.port());
      assertThat(reasons(observe(replica, null, READ_ONLY)))
          .containsEntry("PrimaryAvailable", "Replica");
    }
  }

  @Test
  void tellsASentinel(@TempDir Path root, @TempDir Path sentinelRoot) throws Exception {
    try (ValkeyProcess primary = ValkeyProcess.start(root);
        ValkeyProcess sentinel = ValkeyProcess.startSentinel(sentinelRoot, primary)) {
      Observation<ConnectionObservation> observation = observe(sentinel, null, DEFAULTS);
      assertThat(reasons(observation))
          .containsEntry("Ready", "Unavailable")
          .containsEntry("PrimaryAvailable", "Sentinel");
    }
  }

  @Test
  void tellsANodeOfACluster(@TempDir Path root) throws Exception {
    try (ValkeyProcess valkey = ValkeyProcess.start(root, "cluster-enabled yes")) {
      assertThat(reasons(observe(valkey, null, DEFAULTS)))
          .containsEntry("Ready", "Unavailable")
          .containsEntry("PrimaryAvailable", "ClusterNode");
    }
  }

  @Test
  void tellsAServerThatLoads(@TempDir Path root) throws Exception {
    try (ValkeyProcess valkey =
        ValkeyProcess.start(
            root,
            "requirepass " + PASSWORD,
            "enable-debug-command yes",
            "key-load-delay 1000",
            "loading-process-events-interval-bytes 1024")) {
      servers.use(
          server(valkey.port(), LOGIN),
          link -> link.call("DEBUG", "POPULATE", "20000", "thv", "100"));
      servers.use(server(valkey.port(), LOGIN), link -> link.call("SAVE"));
      valkey.restart();
      await()
          .atMost(Duration.ofSeconds(20))
          .ignoreExceptionsMatching(ExternalFailure.class::isInstance)
          .untilAsserted(
              () ->
                  assertThat(reasons(observe(valkey, LOGIN, DEFAULTS)))
                      .containsEntry("PrimaryAvailable", "Loading"));
    }
  }

  @Test
  void tellsWhyWritesAreRefused(@TempDir Path full, @TempDir Path lonely, @TempDir Path broken)
      throws Exception {
    try (ValkeyProcess valkey =
        ValkeyProcess.start(full, "maxmemory 1kb", "maxmemory-policy noeviction")) {
      assertThat(reasons(observe(valkey, null, DEFAULTS)))
          .containsEntry("Ready", "Unavailable")
          .containsEntry("MemoryHealthy", "OutOfMemory");
    }
    try (ValkeyProcess valkey = ValkeyProcess.start(lonely, "min-replicas-to-write 1")) {
      assertThat(reasons(observe(valkey, null, DEFAULTS)))
          .containsEntry("PrimaryAvailable", "NotEnoughReplicas");
    }
    try (ValkeyProcess valkey =
        ValkeyProcess.start(broken, "save 3600 1", "enable-protected-configs yes")) {
      Server server = server(valkey.port(), null);
      // Nobody, root included, can make a file in a process's file descriptors.
      servers.use(server, link -> link.call("CONFIG", "SET", "dir", "/proc/self/fdinfo"));
      servers.use(server, link -> link.call("SET", "thv:x", "1"));
      servers.use(server, link -> link.call("BGSAVE"));
      await()
          .atMost(Duration.ofSeconds(20))
          .untilAsserted(
              () ->
                  assertThat(reasons(observe(valkey, null, DEFAULTS)))
                      .containsEntry("Ready", "Unavailable")
                      .containsEntry("PersistenceHealthy", "PersistenceFailing"));
    }
  }

  @Test
  void warnsOfWhatWillHurtLater(@TempDir Path bare, @TempDir Path keeping) throws Exception {
    try (ValkeyProcess valkey = ValkeyProcess.start(bare)) {
      assertThat(reasons(observe(valkey, null, DEFAULTS)))
          .containsEntry("Ready", "Available")
          .containsEntry("MemoryHealthy", "Unlimited")
          .containsEntry("PersistenceHealthy", "NotPersistent")
          .containsEntry("AccessRestricted", "NoPassword");
    }
    try (ValkeyProcess valkey = ValkeyProcess.start(keeping, "maxmemory 1gb")) {
      assertThat(reasons(observe(valkey, null, DEFAULTS)))
          .containsEntry("MemoryHealthy", "NoEviction");
    }
  }

  @Test
  void warnsBeforeACertificateExpires(@TempDir Path root) throws Exception {
    Map<String, String> certificates =
        Certificates.of(Map.of(), "store", List.of(), Instant.now()).secret();
    try (ValkeyProcess valkey = ValkeyProcess.startTls(root, certificates)) {
      Server server =
          new Server(
              new Endpoint("localhost", valkey.port(), 0, true),
              new Tls(certificates.get("ca.crt"), null, null, null),
              null);
      Observation<ConnectionObservation> now = observe(server, DEFAULTS, Instant.now());
      assertThat(reasons(now))
          .containsEntry("TLSValid", "Valid")
          .containsEntry("Ready", "Available");
      assertThat(now.connection().values())
          .containsEntry("tls", "true")
          .containsEntry("ca.crt", certificates.get("ca.crt"))
          .containsEntry("uri", "rediss://localhost:" + valkey.port());
      assertThat(reasons(observe(server, DEFAULTS, Instant.now().plus(Duration.ofDays(75)))))
          .containsEntry("TLSValid", "ExpiresSoon")
          .containsEntry("Ready", "Available");
    }
  }

  @Test
  void usesTheDatabaseOfTheEndpoint(@TempDir Path root) throws Exception {
    try (ValkeyProcess valkey = ValkeyProcess.start(root, GOOD, "databases 4")) {
      Server third = new Server(new Endpoint("127.0.0.1", valkey.port(), 3, false), null, LOGIN);
      Observation<ConnectionObservation> observation = observe(third, DEFAULTS, Instant.now());
      assertThat(reasons(observation)).containsEntry("Ready", "Available");
      assertThat(observation.connection().get("uri")).endsWith("/3");
      Server fifth = new Server(new Endpoint("127.0.0.1", valkey.port(), 5, false), null, LOGIN);
      assertThat(failure(fifth)).hasMessageContaining("has no database 5");
    }
  }

  @Test
  void whatCannotBeReachedIsAnErrorAndNotMissing() throws Exception {
    ExternalFailure failure = failure(server(ValkeyProcess.freePort(), LOGIN));
    assertThat(failure.conditions())
        .extracting(Condition::type, Condition::status, Condition::reason)
        .contains(
            tuple("Ready", "False", "Unavailable"),
            tuple("PrimaryAvailable", "False", "Unreachable"));
    try (FaultServer server = FaultServer.start(FaultServer.answering("+OK\r\n"))) {
      assertThat(observe(server(server.port(), LOGIN), DEFAULTS, Instant.now()).exists()).isTrue();
    }
  }

  private ExternalFailure failure(Server server) {
    ExternalFailure failure =
        catchThrowableOfType(ExternalFailure.class, () -> observe(server, DEFAULTS, Instant.now()));
    assertThat(failure).isNotNull();
    return failure;
  }

  @Test
  void goesAtOnceWhenItIsDeleted() throws Exception {
    Server nobody = server(ValkeyProcess.freePort(), LOGIN);
    assertThat(
            new ConnectionExternal(servers, InstantSource.system())
                .observe(managed(nobody, DEFAULTS, true))
                .exists())
        .isFalse();
  }
}
