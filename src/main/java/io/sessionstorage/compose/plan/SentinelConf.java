package io.sessionstorage.compose.plan;

/** The configuration of a Sentinel, but for what its pod alone knows. */
public final class SentinelConf {
  private static final String TEMPLATE = Texts.read("/sentinel/sentinel.conf");

  private SentinelConf() {}

  /**
   * The template, which {@code start-sentinel.sh} completes.
   *
   * @param primaryName what the Sentinels call the store
   */
  public static String of(String primaryName) {
    return TEMPLATE.replace("@NAME@", primaryName);
  }
}
