package io.sessionstorage.compose.plan;

import io.sessionstorage.api.Instance;
import io.sessionstorage.compose.tls.Certificates;
import java.util.LinkedHashMap;
import java.util.Map;
import org.jspecify.annotations.Nullable;

/** What a consumer needs to know. */
final class Connection {
  static final int PORT = 6379;

  private static final String USER = User.DEFAULT.text();

  private Connection() {}

  /** The one stable name, which leads to the primary from every namespace. */
  static String host(Instance instance, String clusterDomain) {
    return "%s.%s.svc.%s".formatted(instance.name(), instance.namespace(), clusterDomain);
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
    String scheme = tls == null ? "redis" : "rediss";
    String password = credentials.consumer();
    Map<String, String> data = new LinkedHashMap<>();
    data.put("type", "valkey");
    data.put("provider", "session-storage");
    data.put("host", host);
    data.put("port", Integer.toString(PORT));
    data.put("tls", Boolean.toString(tls != null));
    if (tls != null && !tls.trust().isEmpty()) {
      data.put(Certificates.CA, tls.trust());
    }
    data.put("SESSION_STORAGE_TYPE", "redis");
    if (!password.isEmpty()) {
      data.put("username", USER);
      data.put("password", password);
      data.put("uri", "%s://%s:%s@%s:%d".formatted(scheme, USER, password, host, PORT));
      data.put("REDIS_PASSWORD", password);
      data.put("REDIS_URL", "%s://:%s@%s:%d".formatted(scheme, password, host, PORT));
    }
    return data;
  }
}
