package io.sessionstorage.api;

import io.fabric8.kubernetes.api.model.Quantity;
import java.util.Set;
import java.util.regex.Pattern;
import org.jspecify.annotations.Nullable;

/** Where a repository of backups is. */
public sealed interface Destination {

  /**
   * A volume that is made for it, and for nothing else.
   *
   * @param size null: made from the store's memory
   * @param className null: the platform's or the cluster's default
   */
  record Pvc(@Nullable Quantity size, @Nullable String className) implements Destination {}

  /**
   * A part of a bucket.
   *
   * @param endpoint {@code https://HOST} or {@code http://HOST}, optionally with a port
   * @param prefix null: made from the SessionStorage's namespace and name
   * @param credentialsSecret with {@code AWS_ACCESS_KEY_ID} and {@code AWS_SECRET_ACCESS_KEY}
   * @param caSecret with {@code ca.crt}; null: the authorities that everybody trusts
   */
  record S3(
      String endpoint,
      @Nullable String region,
      String bucket,
      @Nullable String prefix,
      String credentialsSecret,
      @Nullable String caSecret)
      implements Destination {}

  Pattern NAME = Pattern.compile("[a-z0-9]([-.a-z0-9]*[a-z0-9])?");
  Pattern ENDPOINT =
      Pattern.compile("https?://[A-Za-z0-9]([-.A-Za-z0-9]*[A-Za-z0-9])?(:[0-9]{1,5})?");
  Pattern REGION = Pattern.compile("[a-z0-9]([-a-z0-9]*[a-z0-9])?");
  Pattern BUCKET = Pattern.compile("[a-z0-9]([-.a-z0-9]*[a-z0-9])?");
  Pattern PREFIX = Pattern.compile("[A-Za-z0-9_][-._A-Za-z0-9]*(/[A-Za-z0-9_][-._A-Za-z0-9]*)*");

  /** Reports what is wrong; null then. */
  static @Nullable Destination read(Fields parent, String name) {
    Fields destination = parent.object(name).only(Set.of("pvc", "s3"));
    boolean pvc = destination.has("pvc");
    if (pvc == destination.has("s3")) {
      parent.problem(
          name,
          "needs exactly one of pvc (a volume) and s3 (a bucket), not " + (pvc ? "both" : "none"));
      return null;
    }
    return pvc ? pvc(destination.object("pvc")) : s3(destination.object("s3"));
  }

  private static Pvc pvc(Fields pvc) {
    pvc.only(Set.of("size", "className"));
    return new Pvc(
        pvc.quantity("size", "100Mi", "16Ti"),
        pvc.text("className", NAME, "is no name of a StorageClass"));
  }

  private static @Nullable S3 s3(Fields s3) {
    s3.only(Set.of("endpoint", "region", "bucket", "prefix", "credentialsSecret", "caSecret"));
    String endpoint =
        s3.text("endpoint", ENDPOINT, "must look like https://s3.example.org, without the bucket");
    String region = s3.text("region", REGION, "is no region, such as eu-central-1");
    String bucket = s3.text("bucket", BUCKET, "is no name of a bucket");
    String prefix =
        s3.text("prefix", PREFIX, "must look like path/to/backups, with no / at its ends");
    String credentials = s3.text("credentialsSecret", NAME, "is no name of a Secret");
    String ca = s3.text("caSecret", NAME, "is no name of a Secret");
    for (String field : new String[] {"endpoint", "bucket", "credentialsSecret"}) {
      if (!s3.has(field)) {
        s3.problem(field, "is missing");
      }
    }
    return endpoint == null || bucket == null || credentials == null
        ? null
        : new S3(endpoint, region, bucket, prefix, credentials, ca);
  }
}
