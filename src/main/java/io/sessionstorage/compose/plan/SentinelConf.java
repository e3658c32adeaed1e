package io.sessionstorage.compose.plan;

/** The configuration of a Sentinel, but for what its pod alone knows. */
public final class SentinelConf {
  private static final String TEMPLATE = Texts.read("/sentinel/sentinel.conf");

  private SentinelConf() {}

  /**
   * The template, which {@code start-sentinel.sh} completes.
   *
   * @param primaryName what the Sentinels call the store
   * @param tls whether it speaks TLS, to everybody
   */
  public static String of(String primaryName, boolean tls) {
    String listen =
        tls
            ? "port 0\ntls-port %d\n%s".formatted(Plan.SENTINEL_PORT, ValkeyConf.TLS_FILES)
            : "port %d\n".formatted(Plan.SENTINEL_PORT);
    return listen + TEMPLATE.replace("@NAME@", primaryName);
  }
}
