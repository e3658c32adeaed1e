package io.sessionstorage.compose.resource;

import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.sessionstorage.compose.plan.Acl;
import io.sessionstorage.compose.plan.Plan;
import java.nio.charset.StandardCharsets;
import java.util.Base64;
import java.util.Map;
import java.util.TreeMap;

/** The store's Secrets. */
public final class Secrets {
  private Secrets() {}

  /** The passwords of all users. */
  public static Secret auth(Plan plan) {
    return secret(plan, plan.instance().authSecret(), "Opaque", plan.credentials().secret());
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
    return secret(
        plan,
        plan.instance().aclSecret(),
        "Opaque",
        Map.of(Acl.FILE, plan.credentials().aclFile()));
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
