package io.sessionstorage.compose.resource;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.sessionstorage.compose.plan.Acl;
import io.sessionstorage.compose.plan.Plan;
import io.sessionstorage.compose.plan.Proxy;
import io.sessionstorage.compose.tls.Certificates;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/** The store's Secrets. */
public final class Secrets {
  private Secrets() {}

  /** The passwords of all users. */
  public static Secret auth(Plan plan) {
    // @formatter:off
    return new SecretBuilder(
            secret(plan, plan.instance().authSecret(), "Opaque", plan.credentials().secret()))
        .editMetadata()
          .withAnnotations(plan.credentials().rotation().annotations())
        .endMetadata()
        .build();
    // @formatter:on
  }

  /** What consumers mount; of the type that Crossplane's own connection Secrets have. */
  public static Secret connection(Plan plan) {
    return secret(
        plan,
        plan.instance().connectionSecret(),
        "connection.crossplane.io/v1alpha1",
        plan.connection());
  }

  /** The users that Valkey knows, with hashes instead of passwords. */
  public static Secret acl(Plan plan) {
    Map<String, String> files = new TreeMap<>();
    files.put(Acl.FILE, plan.credentials().aclFile(plan.replicated()));
    if (plan.replicated()) {
      files.put(Acl.SENTINEL_FILE, plan.credentials().sentinelAclFile());
    }
    return secret(plan, plan.instance().aclSecret(), "Opaque", files);
  }

  /** The servers' certificate, and the CA with its key: pods mount a part of it only. */
  public static Secret tls(Plan plan, Certificates certificates) {
    return secret(plan, plan.instance().tlsSecret(), "Opaque", certificates.secret());
  }

  /** HAProxy's configuration, with the password by which it looks for the primary. */
  public static Secret proxy(Plan plan, Proxy proxy) {
    return new SecretBuilder(secret(plan, plan.instance().proxy(), "Opaque", proxy.files()))
        .withMetadata(Metadata.ofProxy(plan))
        .build();
  }

  /** Another Secret of a store. */
  static Secret of(Plan plan, String name, Map<String, String> data) {
    return secret(plan, name, "Opaque", data);
  }

  private static Secret secret(Plan plan, String name, String type, Map<String, String> data) {
    Map<String, String> encoded = new TreeMap<>();
    data.forEach(
        (key, value) ->
            encoded.put(
                key, Base64.getEncoder().encodeToString(value.getBytes(StandardCharsets.UTF_8))));
    // @formatter:off
    return new SecretBuilder()
        .withMetadata(Metadata.of(plan, name))
        .withType(type)
        .withData(encoded)
        .build();
    // @formatter:on
  }
}
