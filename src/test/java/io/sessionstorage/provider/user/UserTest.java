package io.sessionstorage.provider.user;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sessionstorage.provider.managed.Condition;
import io.sessionstorage.provider.managed.ConnectionDetails;
import io.sessionstorage.provider.managed.ExternalFailure;
import io.sessionstorage.provider.managed.Id;
import io.sessionstorage.provider.managed.Managed;
import io.sessionstorage.provider.managed.Observation;
import io.sessionstorage.provider.store.Store;
import io.sessionstorage.provider.user.UserParameters.PasswordSecret;
import io.sessionstorage.provider.user.UserParameters.Preset;
import io.sessionstorage.provider.user.UserParameters.Rotation;
import io.sessionstorage.testing.ValkeyProcess;
import io.sessionstorage.valkey.Endpoint;
import io.sessionstorage.valkey.Failure;
import io.sessionstorage.valkey.Login;
import io.sessionstorage.valkey.Reply;
import io.sessionstorage.valkey.Server;
import io.sessionstorage.valkey.Servers;
import io.sessionstorage.valkey.ValkeyException;
import java.nio.file.Files;
import java.nio.file.Path;
import java.security.SecureRandom;
import java.time.Duration;
import java.time.Instant;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.jspecify.annotations.Nullable;
import org.junit.jupiter.api.AutoClose;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.api.io.TempDir;

/** Against real servers. */
class UserTest {
  private static final String ADMIN = "password-of-the-provider";
  private static final UserParameters SESSION = preset(Preset.TOOLHIVE_SESSION, null, null);

  @AutoClose private final Servers servers = new Servers();
  private final Map<String, String> secrets = new HashMap<>();
  private Instant now = Instant.parse("2026-03-01T12:00:00Z");

  private static UserParameters preset(
      Preset preset, @Nullable PasswordSecret secret, @Nullable Rotation rotation) {
    return new UserParameters(List.of("thv:"), preset, null, null, secret, rotation);
  }

  private static UserParameters commands(String... commands) {
    return new UserParameters(
        List.of("a:", "b:"), null, List.of(commands), List.of("c:"), null, null);
  }

  private static ValkeyProcess valkey(Path root, String... settings) throws Exception {
    String[] all =
        List.of("user provider on >" + ADMIN + " ~* &* +@all", String.join("\n", settings))
            .toArray(String[]::new);
    return ValkeyProcess.start(root, all);
  }

  private static Server server(ValkeyProcess valkey, String user, String password) {
    return new Server(
        new Endpoint("127.0.0.1", valkey.port(), 0, false), null, new Login(user, password));
  }

  private static Server admin(ValkeyProcess valkey) {
    return server(valkey, "provider", ADMIN);
  }

  private Reply ask(ValkeyProcess valkey, String... command) throws ValkeyException {
    return servers.use(admin(valkey), link -> link.ask(command));
  }

  /** What the reconciler keeps between two passes of one User. */
  private final class Resource {
    final ValkeyProcess valkey;
    final String name;
    String externalName;
    UserParameters wanted;
    @Nullable UserObservation atProvider;
    ConnectionDetails published = ConnectionDetails.NONE;
    boolean deleted;

    Resource(ValkeyProcess valkey, String name, UserParameters wanted) {
      this.valkey = valkey;
      this.name = name;
      this.externalName = name;
      this.wanted = wanted;
    }

    private Managed<UserParameters, UserObservation, Store> managed() {
      Id id = new Id("v1", "User", "team-a", name, "11-22");
      return new Managed<>(
          id, externalName, wanted, atProvider, Store.of(admin(valkey)), published, deleted);
    }

    private UserExternal external() {
      return new UserExternal(
          servers,
          (namespace, secret, key) ->
              Objects.requireNonNull(secrets.get(namespace + "/" + secret + "/" + key)),
          () -> now,
          new SecureRandom());
    }

    Observation<UserObservation> observe() {
      Observation<UserObservation> observation = external().observe(managed());
      if (observation.atProvider() != null) {
        atProvider = observation.atProvider();
      }
      return observation;
    }

    /** One pass, in the reconciler's order. */
    Observation<UserObservation> reconcile() {
      Observation<UserObservation> observation = observe();
      Managed<UserParameters, UserObservation, Store> before = managed();
      if (deleted) {
        if (observation.exists()) {
          external().delete(before);
        }
        return observation;
      }
      publish(observation.connection());
      switch (observation.state()) {
        case MISSING -> publish(external().create(before));
        case OUTDATED -> publish(external().update(before, observation));
        case CURRENT -> {}
      }
      return observation;
    }

    private void publish(ConnectionDetails details) {
      Map<String, String> all = new HashMap<>(published.values());
      all.putAll(details.values());
      published = new ConnectionDetails(all);
    }

    String password() {
      return published.get("password");
    }

    boolean canLogIn(String password) {
      try {
        return servers
            .use(server(valkey, externalName, password), link -> link.ask("PING").text())
            .equals("PONG");
      } catch (ValkeyException e) {
        assertThat(e.failure()).isEqualTo(Failure.WRONG_PASSWORD);
        return false;
      }
    }
  }

  private static Observation.State state(Observation<?> observation) {
    return observation.state();
  }

  private static Condition condition(Observation<?> observation, String type) {
    return observation.conditions().stream()
        .filter(it -> it.type().equals(type))
        .findFirst()
        .orElseThrow();
  }

  @Test
  void makesAUserThatMayDoWhatToolHiveDoes(@TempDir Path root) throws Exception {
    try (ValkeyProcess valkey = valkey(root)) {
      for (Preset preset : Preset.values()) {
        Resource user = new Resource(valkey, "user-" + preset.name(), preset(preset, null, null));
        assertThat(state(user.reconcile())).isEqualTo(Observation.State.MISSING);
        Observation<UserObservation> second = user.reconcile();
        assertThat(state(second)).as(second.difference()).isEqualTo(Observation.State.CURRENT);
        assertThat(user.observe()).as("nothing changes from look to look").isEqualTo(second);
        assertThat(user.password()).matches("[A-Za-z0-9]{40}");
        assertThat(user.published.get("uri"))
            .isEqualTo(
                "redis://%s:%s@127.0.0.1:%d".formatted(user.name, user.password(), valkey.port()));
        Server own = server(valkey, user.name, user.password());
        assertThat(
                servers.<String>use(own, link -> link.call("SET", "thv:a", "1", "EX", "60").text()))
            .isEqualTo("OK");
        for (String[] denied :
            List.of(new String[] {"SET", "other", "1"}, new String[] {"FLUSHALL"})) {
          Reply reply = servers.use(own, link -> link.ask(denied));
          assertThat(reply).asString().contains("NOPERM");
        }
      }
    }
  }

  @Test
  void readsBackEveryRuleAsItWasWritten(@TempDir Path root) throws Exception {
    try (ValkeyProcess valkey = valkey(root)) {
      List<UserParameters> all =
          List.of(
              commands("+GET", "+set"),
              commands("+@all", "-@dangerous", "-flushall", "+flushall"),
              commands("+client", "-client|kill", "+client|kill"),
              commands("+client|setname", "+client"),
              commands("+@read", "-@read", "+@read", "-get", "+get"),
              commands("-@all", "+@all", "-@all", "+ping"),
              commands("+config|get", "-config", "+config|set"),
              commands("allcommands", "-keys"));
      for (int i = 0; i < all.size(); i++) {
        Resource user = new Resource(valkey, "user-" + i, all.get(i));
        user.reconcile();
        Observation<UserObservation> second = user.reconcile();
        assertThat(second.difference()).as(all.get(i).toString()).isEmpty();
      }
    }
  }

  @Test
  void saysWhichRuleIsWrong(@TempDir Path root) throws Exception {
    try (ValkeyProcess valkey = valkey(root)) {
      assertThatThrownBy(new Resource(valkey, "a", commands("+nosuchcommand"))::reconcile)
          .isInstanceOf(ExternalFailure.class)
          .hasMessageContaining("+nosuchcommand")
          .hasMessageContaining("Unknown command");
    }
  }

  @Test
  void repairsWhatSomebodyChangedByHand(@TempDir Path root) throws Exception {
    try (ValkeyProcess valkey = valkey(root)) {
      Resource user = new Resource(valkey, "app", SESSION);
      user.reconcile();
      now = now.plus(Duration.ofHours(1));
      for (String[] change :
          List.of(
              new String[] {"+flushall"},
              new String[] {"~*"},
              new String[] {"&*"},
              new String[] {"off"},
              new String[] {"nopass"},
              new String[] {">another"},
              new String[] {"resetpass"},
              new String[] {"(+get ~x)"})) {
        ask(valkey, "ACL", "SETUSER", "app", change[0]);
        Observation<UserObservation> found = user.reconcile();
        assertThat(state(found)).as(change[0]).isEqualTo(Observation.State.OUTDATED);
        assertThat(found.difference()).isNotEmpty();
        assertThat(state(user.observe())).as(change[0]).isEqualTo(Observation.State.CURRENT);
        assertThat(user.canLogIn(user.password())).isTrue();
      }
    }
  }

  @Test
  void makesAUserThatIsGoneWithTheSamePassword(@TempDir Path root) throws Exception {
    try (ValkeyProcess valkey = valkey(root)) {
      Resource user = new Resource(valkey, "app", SESSION);
      user.reconcile();
      String password = user.password();
      ask(valkey, "ACL", "DELUSER", "app");
      assertThat(state(user.reconcile())).isEqualTo(Observation.State.MISSING);
      assertThat(user.password()).isEqualTo(password);
      assertThat(user.canLogIn(password)).isTrue();
    }
  }

  @Test
  void aTriggerMakesANewPasswordAndTheOldOneOverlaps(@TempDir Path root) throws Exception {
    try (ValkeyProcess valkey = valkey(root)) {
      Resource user =
          new Resource(
              valkey, "app", preset(Preset.TOOLHIVE_SESSION, null, new Rotation(null, "5m", null)));
      user.reconcile();
      user.reconcile();
      String first = user.password();
      now = now.plus(Duration.ofDays(1));
      user.wanted = preset(Preset.TOOLHIVE_SESSION, null, new Rotation(null, "5m", "today"));
      assertThat(state(user.reconcile())).isEqualTo(Observation.State.OUTDATED);
      String second = user.password();
      assertThat(second).isNotEqualTo(first);
      assertThat(user.canLogIn(first)).as("overlap").isTrue();
      assertThat(user.canLogIn(second)).isTrue();
      Observation<UserObservation> overlap = user.reconcile();
      assertThat(state(overlap)).isEqualTo(Observation.State.CURRENT);
      assertThat(condition(overlap, "CredentialsCurrent").reason()).isEqualTo("Rotating");
      assertThat(overlap.recheckWithin()).isEqualTo(Duration.ofSeconds(301));
      now = now.plus(Duration.ofSeconds(301));
      assertThat(state(user.reconcile())).isEqualTo(Observation.State.OUTDATED);
      assertThat(user.password()).isEqualTo(second);
      assertThat(user.canLogIn(first)).as("overlap is over").isFalse();
      assertThat(user.canLogIn(second)).isTrue();
      Observation<UserObservation> after = user.reconcile();
      assertThat(state(after)).isEqualTo(Observation.State.CURRENT);
      assertThat(condition(after, "CredentialsCurrent").reason()).isEqualTo("Current");
    }
  }

  @Test
  void aPasswordGrowsNoOlderThanAllowed(@TempDir Path root) throws Exception {
    try (ValkeyProcess valkey = valkey(root)) {
      Resource user =
          new Resource(
              valkey,
              "app",
              preset(Preset.TOOLHIVE_SESSION, null, new Rotation("24h", "10m", null)));
      user.reconcile();
      Observation<UserObservation> fresh = user.reconcile();
      String first = user.password();
      assertThat(Objects.requireNonNull(fresh.atProvider()).nextRotation())
          .isEqualTo("2026-03-02T12:00:00Z");
      now = now.plus(Duration.ofHours(23));
      user.reconcile();
      assertThat(user.password()).isEqualTo(first);
      now = now.plus(Duration.ofHours(1));
      user.reconcile();
      assertThat(user.password()).isNotEqualTo(first);
      assertThat(user.canLogIn(first)).isTrue();
    }
  }

  @Test
  void aRotationThatWasNotPublishedLocksNobodyOut(@TempDir Path root) throws Exception {
    try (ValkeyProcess valkey = valkey(root)) {
      Resource user = new Resource(valkey, "app", SESSION);
      user.reconcile();
      user.reconcile();
      ConnectionDetails published = user.published;
      String first = user.password();
      now = now.plus(Duration.ofDays(1));
      user.wanted = preset(Preset.TOOLHIVE_SESSION, null, new Rotation(null, null, "now"));
      for (int i = 0; i < 3; i++) {
        user.reconcile();
        assertThat(user.canLogIn(first)).isTrue();
        // The provider ended before it could publish.
        user.published = published;
      }
      user.reconcile();
      assertThat(user.canLogIn(first)).isTrue();
      assertThat(user.canLogIn(user.password())).isTrue();
    }
  }

  @Test
  void aLostSecretGetsANewPassword(@TempDir Path root) throws Exception {
    try (ValkeyProcess valkey = valkey(root)) {
      Resource user = new Resource(valkey, "app", SESSION);
      user.reconcile();
      user.reconcile();
      String first = user.password();
      user.published = ConnectionDetails.NONE;
      user.reconcile();
      assertThat(user.password()).isNotEmpty().isNotEqualTo(first);
      assertThat(user.canLogIn(user.password())).isTrue();
      assertThat(user.canLogIn(first)).as("somebody may still use it").isTrue();
    }
  }

  @Test
  void takesThePasswordOfASecret(@TempDir Path root) throws Exception {
    try (ValkeyProcess valkey = valkey(root)) {
      secrets.put("team-a/mine/password", "first-password");
      Resource user =
          new Resource(
              valkey,
              "app",
              preset(Preset.TOOLHIVE_SESSION, new PasswordSecret("mine", null), null));
      user.reconcile();
      Observation<UserObservation> observation = user.reconcile();
      assertThat(state(observation)).isEqualTo(Observation.State.CURRENT);
      assertThat(Objects.requireNonNull(observation.atProvider()).lastRotated()).isNull();
      assertThat(user.password()).isEqualTo("first-password");
      secrets.put("team-a/mine/password", "second-password");
      user.reconcile();
      assertThat(user.canLogIn("first-password")).as("overlap").isTrue();
      assertThat(user.canLogIn("second-password")).isTrue();
      now = now.plus(Duration.ofHours(1));
      user.reconcile();
      assertThat(user.canLogIn("first-password")).isFalse();
      assertThat(user.canLogIn("second-password")).isTrue();
    }
  }

  @Test
  void takesThePasswordOfASecretWithoutPublishingIt(@TempDir Path root) throws Exception {
    try (ValkeyProcess valkey = valkey(root)) {
      secrets.put("team-a/mine/password", "first-password");
      Resource user =
          new Resource(
              valkey,
              "app",
              preset(Preset.TOOLHIVE_SESSION, new PasswordSecret("mine", null), null));
      user.reconcile();
      user.published = ConnectionDetails.NONE;
      assertThat(state(user.reconcile())).isEqualTo(Observation.State.CURRENT);
      user.published = ConnectionDetails.NONE;
      secrets.put("team-a/mine/password", "second-password");
      assertThat(state(user.reconcile())).isEqualTo(Observation.State.OUTDATED);
      user.published = ConnectionDetails.NONE;
      assertThat(state(user.reconcile())).isEqualTo(Observation.State.CURRENT);
      assertThat(user.canLogIn("second-password")).isTrue();
    }
  }

  @Test
  void refusesAUserThatItDidNotMake(@TempDir Path root) throws Exception {
    try (ValkeyProcess valkey = valkey(root, "user app on >theirs ~* +@all")) {
      Resource user = new Resource(valkey, "app", SESSION);
      assertThatThrownBy(user::reconcile)
          .isInstanceOf(ExternalFailure.class)
          .hasMessageContaining("crossplane.io/external-name");
      user.deleted = true;
      assertThat(user.reconcile().exists()).as("not ours to delete").isFalse();
      assertThat(user.canLogIn("theirs")).isTrue();

      Resource adopting = new Resource(valkey, "another-name", SESSION);
      adopting.externalName = "app";
      adopting.reconcile();
      assertThat(state(adopting.reconcile())).isEqualTo(Observation.State.CURRENT);
      assertThat(adopting.canLogIn(adopting.password())).isTrue();
      assertThat(adopting.canLogIn("theirs")).as("overlap").isTrue();
    }
  }

  @Test
  void knowsItsOwnAfterACrash(@TempDir Path root) throws Exception {
    try (ValkeyProcess valkey = valkey(root)) {
      Resource user = new Resource(valkey, "app", SESSION);
      Observation<UserObservation> missing = user.observe();
      user.publish(missing.connection());
      // Made, and the provider ended before it could note that.
      user.external().create(user.managed());
      assertThat(state(user.observe())).isEqualTo(Observation.State.CURRENT);
      user.atProvider = null;
      ask(valkey, "ACL", "SETUSER", "app", "resetpass", ">something");
      user.reconcile();
      assertThat(user.canLogIn(user.password())).isTrue();
    }
  }

  @Test
  void refusesToManageItsOwnLogin(@TempDir Path root) throws Exception {
    try (ValkeyProcess valkey = valkey(root)) {
      Resource user = new Resource(valkey, "x", SESSION);
      user.externalName = "provider";
      assertThatThrownBy(user::reconcile).hasMessageContaining("the provider itself logs in as");
      user.deleted = true;
      assertThat(user.reconcile().exists()).isFalse();
    }
  }

  @Test
  void deletesTheUserAndEndsItsConnections(@TempDir Path root) throws Exception {
    try (ValkeyProcess valkey = valkey(root)) {
      Resource user = new Resource(valkey, "app", SESSION);
      user.reconcile();
      Server own = server(valkey, "app", user.password());
      user.deleted = true;
      servers.<Reply>use(
          own,
          link -> {
            user.reconcile();
            assertThatThrownBy(() -> link.ask("PING")).isInstanceOf(ValkeyException.class);
            return new Reply.Nil();
          });
      assertThat(user.reconcile().exists()).isFalse();
      assertThat(ask(valkey, "ACL", "GETUSER", "app")).isInstanceOf(Reply.Nil.class);
    }
  }

  @Test
  void managesTheDefaultUserAndShutsItInTheEnd(@TempDir Path root) throws Exception {
    try (ValkeyProcess valkey = valkey(root)) {
      Resource user = new Resource(valkey, "toolhive", SESSION);
      user.externalName = "default";
      user.reconcile();
      now = now.plus(Duration.ofHours(1));
      assertThat(state(user.reconcile())).isEqualTo(Observation.State.CURRENT);
      Server withoutName =
          new Server(
              new Endpoint("127.0.0.1", valkey.port(), 0, false),
              null,
              new Login(null, user.password()));
      Reply reply = servers.use(withoutName, link -> link.ask("FLUSHALL"));
      assertThat(reply).asString().contains("NOPERM");
      user.deleted = true;
      user.reconcile();
      assertThat(user.reconcile().exists()).isFalse();
      assertThat(user.canLogIn(user.password())).isFalse();
    }
  }

  @Test
  void isWrittenToTheAclFileOrTheConfiguration(@TempDir Path root, @TempDir Path other)
      throws Exception {
    Files.writeString(
        root.resolve("users.acl"),
        "user default off\nuser provider on >" + ADMIN + " ~* &* +@all\n");
    try (ValkeyProcess valkey = ValkeyProcess.start(root, "aclfile " + root + "/users.acl")) {
      Resource user = new Resource(valkey, "app", SESSION);
      user.reconcile();
      assertThat(condition(user.observe(), "Persisted").reason()).isEqualTo("ACLFile");
      valkey.restart();
      assertThat(state(user.observe())).isEqualTo(Observation.State.CURRENT);
    }
    try (ValkeyProcess valkey = valkey(other)) {
      Resource user = new Resource(valkey, "app", SESSION);
      user.reconcile();
      assertThat(condition(user.observe(), "Persisted").reason()).isEqualTo("ConfigFile");
      valkey.restart();
      assertThat(state(user.observe())).isEqualTo(Observation.State.CURRENT);
    }
  }

  @Test
  void doesWithoutThePermissionToSave(@TempDir Path root) throws Exception {
    try (ValkeyProcess valkey =
        ValkeyProcess.start(
            root, "user provider on >" + ADMIN + " -@all +acl|getuser +acl|setuser")) {
      Resource user = new Resource(valkey, "app", SESSION);
      user.reconcile();
      Observation<UserObservation> observation = user.reconcile();
      assertThat(state(observation)).isEqualTo(Observation.State.CURRENT);
      assertThat(condition(observation, "Persisted").status()).isEqualTo("Unknown");
    }
  }

  @Test
  void theRightsThatTheGuideNamesAreEnough(@TempDir Path root) throws Exception {
    String rights = "+acl +config|get +config|rewrite +info +client|kill";
    try (ValkeyProcess valkey =
        ValkeyProcess.start(root, "user provider on >" + ADMIN + " -@all " + rights)) {
      assertThat(Files.readString(Path.of("docs/external-stores.md"))).contains(rights);
      Resource user = new Resource(valkey, "app", SESSION);
      user.reconcile();
      assertThat(condition(user.reconcile(), "Persisted").reason()).isEqualTo("ConfigFile");
      user.deleted = true;
      user.reconcile();
      assertThat(user.reconcile().exists()).isFalse();
    }
  }

  @Test
  void anUnreachableServerIsNoMissingUser(@TempDir Path root) throws Exception {
    try (ValkeyProcess valkey = valkey(root)) {
      Resource user = new Resource(valkey, "app", SESSION);
      user.reconcile();
      valkey.stop();
      assertThatThrownBy(user::observe).isInstanceOf(ExternalFailure.class);
      user.deleted = true;
      assertThatThrownBy(user::observe).isInstanceOf(ExternalFailure.class);
    }
  }
}
