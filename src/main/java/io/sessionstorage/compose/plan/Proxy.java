package io.sessionstorage.compose.plan;

import io.sessionstorage.api.Instance;
import io.sessionstorage.api.PlatformDefaults;
import io.sessionstorage.api.Size;
import io.sessionstorage.compose.tls.Certificates;
import java.util.Map;
import java.util.TreeMap;
import java.util.stream.Collectors;
import org.jspecify.annotations.Nullable;

/**
 * HAProxy, which leads clients to the primary and lets them wait while there is none.
 *
 * @param files its configuration by file name; a secret, because it logs in to look for the primary
 * @param trafficDistribution which of them a client is led to, as a Service has it; null: any
 */
public record Proxy(String image, Map<String, String> files, @Nullable String trafficDistribution) {
  /**
   * How many there are: one beside each node, so that with three of Kubernetes' nodes every client
   * has one on its own.
   */
  public static final int REPLICAS = 3;

  /** The port that says which password it uses, by its hash. */
  public static final int PASSWORD_PORT = 8405;

  /** The port of its health and its metrics. */
  public static final int HEALTH_PORT = 8404;

  private static final String TEMPLATE = Texts.read("/haproxy/haproxy.cfg");
  private static final String PASSWORD = Texts.read("/haproxy/password.lua");
  private static final String HOLD = Texts.read("/haproxy/hold.lua");

  /** The file that HAProxy reads again when it changes. */
  private static final String PASSWORDS = "passwords.map";

  private static final String USER = User.PROBE.text() + " ";

  /** Clients' own TLS passes through; this is for HAProxy's checks. */
  private static final String CHECK_TLS = " check-ssl verify required ca-file /config/ca.crt";

  static Proxy of(
      Instance instance, PlatformDefaults defaults, Credentials credentials, @Nullable Tls tls) {
    StringBuilder conf = new StringBuilder(TEMPLATE.replace("@TLS@", tls == null ? "" : CHECK_TLS));
    for (int i = 0; i < Size.LARGE.nodes(); i++) {
      conf.append("  server ")
          .append(instance.pod(i))
          .append(' ')
          .append(Plan.host(instance, i, defaults.clusterDomain()))
          .append(':')
          .append(Plan.PORT)
          .append('\n');
    }
    Map<String, String> files = new TreeMap<>();
    files.put("haproxy.cfg", conf.toString());
    files.put("hold.lua", HOLD);
    files.put("password.lua", PASSWORD);
    files.put(PASSWORDS, USER + credentials.proxy() + "\n");
    if (tls != null && !tls.trust().isEmpty()) {
      files.put(Certificates.CA, tls.trust());
    }
    return new Proxy(defaults.haproxy(), files, defaults.trafficDistribution());
  }

  /** Changes with everything that HAProxy reads only when it starts. */
  public String checksum() {
    return Checksum.of(
        files.entrySet().stream()
            .filter(file -> !file.getKey().equals(PASSWORDS))
            .map(Map.Entry::getValue)
            .collect(Collectors.joining("\n")));
  }

  /** The password that the proxies use; empty: it is not known. */
  static String password(Observed observed) {
    String line = observed.secret(Keys.PROXY_CONFIG).getOrDefault(PASSWORDS, "").strip();
    return line.startsWith(USER) ? line.substring(USER.length()) : "";
  }
}
