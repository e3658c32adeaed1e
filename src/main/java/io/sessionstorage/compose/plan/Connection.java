package io.sessionstorage.compose.plan;

import io.sessionstorage.api.ConnectionSecret;
import io.sessionstorage.api.Instance;
import java.util.Map;
import java.util.Set;
import org.jspecify.annotations.Nullable;

/** What a consumer needs to know. */
final class Connection {
  static final int PORT = 6379;

  private static final String USER = User.DEFAULT.text();

  private Connection() {}

  /** The one stable name, which leads to the primary from every namespace. */
  static String host(Instance instance, String clusterDomain) {
    return instance.name() + "." + instance.namespace() + ".svc." + clusterDomain;
  }

  /**
   * The connection Secret's data: the keys of the Service Binding specification and those of
   * ToolHive's proposal.
   */
  static Map<String, String> data(
      String host, Credentials credentials, @Nullable Tls tls, Map<String, String> observed) {
    if (credentials.missing().contains(User.DEFAULT) && !observed.isEmpty()) {
      return observed;
    }
    String trust = tls == null || tls.trust().isEmpty() ? null : tls.trust();
    String password = credentials.consumer();
    Map<String, String> data =
        new ConnectionSecret(host, PORT, 0, tls != null, trust, USER, password).data();
    if (password.isEmpty()) {
      // It is missing: nobody gets in without.
      data.keySet().removeAll(Set.of("uri", "REDIS_URL"));
    }
    return data;
  }
}
