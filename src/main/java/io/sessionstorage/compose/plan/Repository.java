package io.sessionstorage.compose.plan;

import io.sessionstorage.api.Destination;
import io.sessionstorage.api.Destination.Pvc;
import io.sessionstorage.api.Destination.S3;
import java.util.regex.Matcher;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/**
 * A repository of backups, as restic sees it.
 *
 * @param url for restic, without a password
 * @param claim the name of its volume; null: it is on S3
 * @param s3 null: it is on a volume
 * @param passwordSecret the name of the Secret with {@link Vault#PASSWORD}
 */
public record Repository(
    String url, @Nullable String claim, @Nullable S3 s3, String passwordSecret) {
  /** Where a pod mounts the volume. */
  public static final String MOUNT = "/repository";

  private static final Pattern HOST_AND_PORT = Pattern.compile("(https?)://([^:/]+)(?::([0-9]+))?");
  private static final Pattern SERVICE = Pattern.compile("[-a-z0-9]+\\.([-a-z0-9]+)\\.svc(\\..*)?");
  private static final Pattern ADDRESS = Pattern.compile("[0-9]+(\\.[0-9]+){3}");

  /**
   * The repository at {@code destination}.
   *
   * @param claim its volume's name, if it is on one
   * @param prefix the part of the bucket where nothing else is said
   */
  static Repository of(
      Destination destination, String claim, String prefix, String passwordSecret) {
    return switch (destination) {
      case Pvc ignored -> new Repository(MOUNT + "/restic", claim, null, passwordSecret);
      case S3 s3 ->
          new Repository(
              "s3:%s/%s/%s"
                  .formatted(
                      s3.endpoint(), s3.bucket(), s3.prefix() == null ? prefix : s3.prefix()),
              null,
              s3,
              passwordSecret);
    };
  }

  /**
   * Where a pod has to get through to.
   *
   * @param port null: any
   * @param namespace of the Service; null: it is none of this cluster
   * @param address null: its address is not known
   */
  public record Target(
      @Nullable Integer port, @Nullable String namespace, @Nullable String address) {}

  /** Null: nowhere. */
  public @Nullable Target target() {
    if (s3 == null) {
      return null;
    }
    Matcher matcher = HOST_AND_PORT.matcher(s3.endpoint());
    if (!matcher.matches()) {
      throw new IllegalStateException("the schema and the reader let through " + s3.endpoint());
    }
    String host = matcher.group(2);
    Matcher service = SERVICE.matcher(host);
    if (service.matches()) {
      // A policy sees the port of the pod, which may be another one.
      return new Target(null, service.group(1), null);
    }
    int standard = "https".equals(matcher.group(1)) ? 443 : 80;
    int port = matcher.group(3) == null ? standard : Integer.parseInt(matcher.group(3));
    return new Target(port, null, ADDRESS.matcher(host).matches() ? host : null);
  }
}
