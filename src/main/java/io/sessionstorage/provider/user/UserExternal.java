package io.sessionstorage.provider.user;

import io.sessionstorage.provider.managed.Condition;
import io.sessionstorage.provider.managed.ConnectionDetails;
import io.sessionstorage.provider.managed.External;
import io.sessionstorage.provider.managed.ExternalFailure;
import io.sessionstorage.provider.managed.Managed;
import io.sessionstorage.provider.managed.Observation;
import io.sessionstorage.provider.store.Contract;
import io.sessionstorage.provider.store.Store;
import io.sessionstorage.valkey.AclRules;
import io.sessionstorage.valkey.AclUser;
import io.sessionstorage.valkey.Link;
import io.sessionstorage.valkey.Login;
import io.sessionstorage.valkey.Persistence;
import io.sessionstorage.valkey.Servers;
import io.sessionstorage.valkey.ValkeyException;
import java.time.Duration;
import java.time.Instant;
import java.time.InstantSource;
import java.util.HashSet;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Optional;
import java.util.Set;
import java.util.TreeSet;
import java.util.random.RandomGenerator;
import java.util.stream.Stream;
import org.jspecify.annotations.Nullable;

/** Makes, changes and deletes users of a server's ACL. */
public final class UserExternal implements External<UserParameters, UserObservation, Store> {
  private static final String ALPHABET =
      "ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789";
  private static final int LENGTH = 40;

  private final Servers servers;
  private final PasswordSource passwords;
  private final InstantSource clock;
  private final RandomGenerator random;

  /**
   * An external over connections that it shares with others.
   *
   * @param random cryptographically strong outside tests
   */
  public UserExternal(
      Servers servers, PasswordSource passwords, InstantSource clock, RandomGenerator random) {
    this.servers = servers;
    this.passwords = passwords;
    this.clock = clock;
    this.random = random;
  }

  @Override
  public Observation<UserObservation> observe(
      Managed<UserParameters, UserObservation, Store> managed) {
    if (isOwnLogin(managed)) {
      return ownLogin(managed);
    }
    return use(
        managed,
        link -> {
          AclUser found = AclUser.find(link, managed.externalName()).orElse(null);
          return managed.deleted() ? remains(managed, found) : look(managed, found, link);
        });
  }

  /** The user {@code default} cannot be deleted, only shut. */
  private Observation<UserObservation> remains(
      Managed<UserParameters, UserObservation, Store> managed, @Nullable AclUser found) {
    boolean gone =
        found == null
            || (isDefault(managed) && !found.on() && found.passwords().isEmpty())
            || !(ours(managed, found, null) || adopted(managed));
    return gone
        ? Observation.missing()
        : new Observation<>(
            Observation.State.CURRENT,
            managed.atProvider(),
            "",
            List.of(),
            ConnectionDetails.NONE,
            null);
  }

  private Observation<UserObservation> look(
      Managed<UserParameters, UserObservation, Store> managed, @Nullable AclUser found, Link link)
      throws ValkeyException {
    Passwords password = password(managed);
    if (found == null) {
      // Published before it exists, so that whatever happens next this user is known to be ours.
      return Observation.<UserObservation>missing().publishing(details(managed, password));
    }
    if (!ours(managed, found, password) && !adopted(managed)) {
      throw new ExternalFailure(
          "%s has a user %s already, which this User did not make. Choose another name, or take it over by setting the annotation crossplane.io/external-name to %2$s on a User of another name."
              .formatted(managed.config().server().endpoint().address(), managed.externalName()));
    }
    return observation(managed, found, password, Persistence.of(link));
  }

  private Observation<UserObservation> observation(
      Managed<UserParameters, UserObservation, Store> managed,
      AclUser found,
      Passwords password,
      Persistence persistence) {
    UserParameters.Rotation rotation = managed.forProvider().rotation();
    Instant now = clock.instant();
    Instant overlapEnd = password.overlapEnd(rotation);
    Optional<Instant> next =
        password.next(rotation, managed.forProvider().passwordSecretRef() != null);
    boolean overlaps = found.passwords().size() > 1 && now.isBefore(overlapEnd);
    UserObservation seen =
        new UserObservation(
            managed.externalName(),
            managed.config().server().endpoint().address(),
            found.rules().keys().stream().sorted().toList(),
            String.join(" ", found.rules().commands()),
            persistence.text().orElse(null),
            password.rotated().map(Instant::toString).orElse(null),
            next.map(Instant::toString).orElse(null),
            overlaps ? overlapEnd.toString() : null);
    String difference = difference(managed, found, password);
    Observation<UserObservation> observation =
        difference.isEmpty()
            ? Observation.current(seen).publishing(details(managed, password))
            : Observation.outdated(seen, difference);
    return Stream.of(until(next, now), until(Optional.of(overlapEnd), now))
        .flatMap(Optional::stream)
        .min(Duration::compareTo)
        .map(observation::recheckWithin)
        .orElse(observation)
        .with(Condition.available())
        .with(credentials(overlaps, overlapEnd))
        .with(persisted(persistence, managed.config().server().endpoint().address()));
  }

  private static Optional<Duration> until(Optional<Instant> time, Instant now) {
    return time.filter(now::isBefore).map(it -> Duration.between(now, it).plusSeconds(1));
  }

  private static Condition credentials(boolean overlaps, Instant end) {
    return overlaps
        ? Condition.of(
            "CredentialsCurrent",
            true,
            "Rotating",
            "The password has changed; the one before is valid until %s.".formatted(end))
        : Condition.of("CredentialsCurrent", true, "Current", "There is one password.");
  }

  private static Condition persisted(Persistence persistence, String address) {
    return switch (persistence) {
      case ACL_FILE -> Condition.of("Persisted", true, "ACLFile", "It is in the store's ACL file.");
      case CONFIG_FILE ->
          Condition.of("Persisted", true, "ConfigFile", "It is in the store's configuration file.");
      case NONE ->
          Condition.of(
              "Persisted",
              false,
              "NotPersisted",
              address
                  + " has no ACL file and no configuration file: after a restart it does not know the user until the next"
                  + " reconcile. Start it with aclfile.");
      case UNKNOWN ->
          Condition.unknown(
              "Persisted",
              "NotPermitted",
              "The provider may not ask %s where it keeps its users. Allow +config|get +info +acl|save +config|rewrite."
                  .formatted(address));
    };
  }

  private String difference(
      Managed<UserParameters, UserObservation, Store> managed, AclUser found, Passwords password) {
    AclUser wanted = AclUser.of(Set.of(), managed.forProvider().rules());
    String difference = wanted.differenceFrom(found);
    if (!difference.isEmpty()) {
      return difference;
    }
    return password.changes() || !hashes(managed, found, password).equals(found.passwords())
        ? "its passwords differ"
        : "";
  }

  /** The passwords that it should have now, given those that it has. */
  private Set<String> hashes(
      Managed<UserParameters, UserObservation, Store> managed, AclUser found, Passwords password) {
    Set<String> hashes = new TreeSet<>(Set.of(AclUser.hash(password.value())));
    if (!clock.instant().isBefore(password.overlapEnd(managed.forProvider().rotation()))) {
      return hashes;
    }
    Set<String> others = new HashSet<>(found.passwords());
    if (!password.previous().isEmpty()) {
      others.retainAll(Set.of(AclUser.hash(password.previous())));
    }
    hashes.addAll(others);
    return hashes;
  }

  @Override
  public ConnectionDetails create(Managed<UserParameters, UserObservation, Store> managed) {
    Passwords password = password(managed);
    Set<String> hashes = Set.of(AclUser.hash(password.value()));
    return use(managed, link -> write(link, managed, password, hashes));
  }

  @Override
  public ConnectionDetails update(
      Managed<UserParameters, UserObservation, Store> managed,
      Observation<UserObservation> observation) {
    return use(
        managed,
        link -> {
          AclUser found = AclUser.find(link, managed.externalName()).orElse(null);
          Passwords password = password(managed);
          Set<String> hashes =
              found == null
                  ? Set.of(AclUser.hash(password.value()))
                  : hashes(managed, found, password);
          return write(link, managed, password, hashes);
        });
  }

  private static ConnectionDetails write(
      Link link,
      Managed<UserParameters, UserObservation, Store> managed,
      Passwords password,
      Set<String> hashes)
      throws ValkeyException {
    AclUser.of(hashes, rules(managed.forProvider())).write(link, managed.externalName());
    Persistence.save(link);
    return details(managed, password);
  }

  private static AclRules rules(UserParameters parameters) {
    try {
      return parameters.rules();
    } catch (IllegalArgumentException e) {
      throw new ExternalFailure("spec.forProvider.commands: " + e.getMessage());
    }
  }

  @Override
  public void delete(Managed<UserParameters, UserObservation, Store> managed) {
    use(
        managed,
        link -> {
          if (isDefault(managed)) {
            AclUser.shut(link, managed.externalName());
          } else {
            AclUser.delete(link, managed.externalName());
          }
          Persistence.save(link);
          return ConnectionDetails.NONE;
        });
  }

  /**
   * Whether this User made it: because its password is published since before it was made, or was
   * seen as such before, or because who knows its password owns it.
   */
  private static boolean ours(
      Managed<UserParameters, UserObservation, Store> managed,
      AclUser found,
      @Nullable Passwords password) {
    UserObservation before = managed.atProvider();
    return (before != null && before.name().equals(managed.externalName()))
        || managed.published().get("username").equals(managed.externalName())
        || (password != null && found.passwords().contains(AclUser.hash(password.value())));
  }

  private static boolean adopted(Managed<UserParameters, UserObservation, Store> managed) {
    return !managed.externalName().equals(managed.id().name());
  }

  private static boolean isDefault(Managed<UserParameters, UserObservation, Store> managed) {
    return managed.externalName().equals(Login.DEFAULT_USER);
  }

  private static boolean isOwnLogin(Managed<UserParameters, UserObservation, Store> managed) {
    Login login = managed.config().server().login();
    return managed.externalName().equals(login == null ? Login.DEFAULT_USER : login.user());
  }

  private static Observation<UserObservation> ownLogin(
      Managed<UserParameters, UserObservation, Store> managed) {
    if (managed.deleted()) {
      return Observation.missing();
    }
    throw new ExternalFailure(
        "%s is the user that the provider itself logs in as. Give the provider config another one."
            .formatted(managed.externalName()));
  }

  private Passwords password(Managed<UserParameters, UserObservation, Store> managed) {
    UserParameters wanted = managed.forProvider();
    UserParameters.PasswordSecret secret = wanted.passwordSecretRef();
    String given =
        secret == null
            ? null
            : passwords.read(managed.id().namespace(), secret.name(), secret.keyOrDefault());
    return Passwords.decide(
        wanted.rotation(), given, managed.published(), clock.instant(), this::make);
  }

  private String make() {
    StringBuilder password = new StringBuilder(LENGTH);
    for (int i = 0; i < LENGTH; i++) {
      password.append(ALPHABET.charAt(random.nextInt(ALPHABET.length())));
    }
    return password.toString();
  }

  private static ConnectionDetails details(
      Managed<UserParameters, UserObservation, Store> managed, Passwords password) {
    Map<String, String> details =
        new LinkedHashMap<>(
            Contract.data(managed.config().server(), managed.externalName(), password.value()));
    details.putAll(password.memory());
    return new ConnectionDetails(details);
  }

  private <T> T use(Managed<UserParameters, UserObservation, Store> managed, Servers.Task<T> task) {
    try {
      return servers.use(managed.config().server(), task);
    } catch (ValkeyException e) {
      throw new ExternalFailure(String.valueOf(e.getMessage()));
    }
  }
}
