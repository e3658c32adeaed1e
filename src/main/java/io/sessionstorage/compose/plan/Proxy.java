package io.sessionstorage.compose.plan;

import io.sessionstorage.api.Instance;
import io.sessionstorage.api.PlatformDefaults;
import io.sessionstorage.api.Size;
import java.util.Map;
import java.util.TreeMap;

/**
 * HAProxy, which leads clients to the primary and lets them wait while there is none.
 *
 * @param files its configuration by file name; a secret, because it logs in to look for the primary
 */
public record Proxy(String image, Map<String, String> files) {
  /** How many there are. */
  public static final int REPLICAS = 2;

  /** The port of its health and its metrics. */
  public static final int HEALTH_PORT = 8404;

  private static final String TEMPLATE = Texts.read("/haproxy/haproxy.cfg");
  private static final String HOLD = Texts.read("/haproxy/hold.lua");

  static Proxy of(Instance instance, PlatformDefaults defaults, Credentials credentials) {
    String password = credentials.secret().getOrDefault(User.PROBE.text(), "");
    StringBuilder conf = new StringBuilder(TEMPLATE.replace("@PASSWORD@", password));
    for (int i = 0; i < Size.LARGE.nodes(); i++) {
      conf.append("  server ")
          .append(instance.pod(i))
          .append(' ')
          .append(Plan.host(instance, i, defaults.clusterDomain()))
          .append(':')
          .append(Plan.PORT)
          .append('\n');
    }
    return new Proxy(
        defaults.haproxy(),
        new TreeMap<>(Map.of("haproxy.cfg", conf.toString(), "hold.lua", HOLD)));
  }

  /** Changes with everything that HAProxy reads only when it starts. */
  public String checksum() {
    return Checksum.of(String.join("\n", files.values()));
  }
}
