package io.sessionstorage.compose.plan;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.fabric8.kubernetes.api.model.Quantity;
import io.sessionstorage.api.Backup;
import io.sessionstorage.api.Destination.Pvc;
import io.sessionstorage.api.PlatformDefaults;
import io.sessionstorage.compose.rotation.Passwords;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.random.RandomGenerator;
import org.jspecify.annotations.Nullable;

/**
 * What must not be lost with the store: the key to its backups and the volume that they are on.
 *
 * @param secret the data of the Secret with the repository's password; empty: it is not known yet,
 *     or lost
 * @param lost whether backups exist and their password does not: never a silent new one, which
 *     would not open them
 * @param fresh whether the password was made now
 * @param volume null: none
 * @param keeper the UID of the namespace, which keeps both when the SessionStorage is deleted;
 *     null: they go with it
 */
public record Vault(
    Map<String, String> secret,
    boolean lost,
    boolean fresh,
    @Nullable Claim volume,
    @Nullable String keeper) {
  /** The key in the Secret. */
  public static final String PASSWORD = "password";

  /** The requirements: what may be there from an earlier SessionStorage of the same name. */
  public static final String SECRET = "backup-secret";

  public static final String VOLUME = "backup-volume";

  /** The requirement whose result is the namespace. */
  public static final String NAMESPACE = "backup-namespace";

  /** The requirement whose result is the class of the volume. */
  public static final String STORAGE_CLASS = "backup-storage-class";

  /** What a volume of backups has room for, in multiples of maxmemory. */
  private static final long ROOM = 16;

  /** A volume that is asked for. */
  public record Claim(Quantity size, @Nullable String className) {}

  /** Null: there is nothing to keep. */
  static @Nullable Vault of(
      @Nullable Backup backup,
      long maxmemory,
      PlatformDefaults defaults,
      Observed observed,
      RandomGenerator random) {
    JsonNode secret = existing(Keys.BACKUP_SECRET, SECRET, observed);
    JsonNode volume = existing(Keys.BACKUP_VOLUME, VOLUME, observed);
    String owner = keeper(secret.isMissingNode() ? volume : secret);
    if (backup == null) {
      return owner == null || !observed.has(Keys.BACKUP_SECRET)
          ? null
          : new Vault(Observed.data(secret), false, false, asItIs(volume), owner);
    }
    String keeper = backup.keep() ? (owner == null ? namespace(observed) : owner) : null;
    Claim claim =
        backup.destination() instanceof Pvc pvc
            ? claim(pvc, maxmemory, defaults, volume, observed)
            : asItIs(observed.get(Keys.BACKUP_VOLUME));
    Map<String, String> data = new LinkedHashMap<>(Observed.data(secret));
    boolean known = !data.getOrDefault(PASSWORD, "").isEmpty();
    boolean asked = observed.required().containsKey(SECRET) && (keeper != null || !backup.keep());
    boolean lost =
        !known && observed.composite().path("status").path("backup").hasNonNull("lastSuccessful");
    boolean fresh = !known && asked && !lost;
    if (fresh) {
      data.put(PASSWORD, Passwords.password(random));
    }
    return new Vault(
        known || fresh ? data : Map.of(),
        lost,
        fresh,
        keeper == null && backup.keep() ? null : claim,
        keeper);
  }

  private static Claim claim(
      Pvc wanted, long maxmemory, PlatformDefaults defaults, JsonNode volume, Observed observed) {
    Claim existing = asItIs(volume);
    Quantity size =
        wanted.size() == null
            ? new Quantity((((ROOM * maxmemory) >> 30) + 1) + "Gi")
            : wanted.size();
    if (existing == null) {
      return new Claim(
          size, wanted.className() == null ? defaults.storageClassName() : wanted.className());
    }
    boolean grows = size.getNumericalAmount().compareTo(existing.size().getNumericalAmount()) > 0;
    boolean can =
        observed.required().getOrDefault(STORAGE_CLASS, List.of()).stream()
            .anyMatch(storageClass -> storageClass.path("allowVolumeExpansion").asBoolean());
    return grows && can ? new Claim(size, existing.className()) : existing;
  }

  private static @Nullable Claim asItIs(JsonNode volume) {
    JsonNode spec = volume.path("spec");
    String size = spec.path("resources").path("requests").path("storage").asText();
    return size.isEmpty()
        ? null
        : new Claim(new Quantity(size), spec.path("storageClassName").textValue());
  }

  private static JsonNode existing(String key, String requirement, Observed observed) {
    return observed.has(key)
        ? observed.get(key)
        : observed.required().getOrDefault(requirement, List.of()).stream()
            .findFirst()
            .orElse(MissingNode.getInstance());
  }

  private static @Nullable String keeper(JsonNode object) {
    for (JsonNode owner : object.path("metadata").path("ownerReferences")) {
      if ("Namespace".equals(owner.path("kind").asText())) {
        return owner.path("uid").asText();
      }
    }
    return null;
  }

  private static @Nullable String namespace(Observed observed) {
    return observed.required().getOrDefault(NAMESPACE, List.of()).stream()
        .map(namespace -> namespace.path("metadata").path("uid").asText())
        .findFirst()
        .orElse(null);
  }
}
