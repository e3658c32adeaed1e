package io.sessionstorage.compose.plan;

/** The composition-resource-names. To change one deletes the object and makes another. */
public final class Keys {
  public static final String ACL = "acl";
  public static final String AUTH = "auth";
  public static final String CERTIFICATE = "certificate";
  public static final String CONFIG = "config";
  public static final String CONNECTION = "connection";
  public static final String DATA = "data-0";
  public static final String DELETION_PROTECTION = "deletion-protection";
  public static final String HEADLESS = "headless";
  public static final String NETWORK_POLICY = "networkpolicy";
  public static final String SCRIPTS = "scripts";
  public static final String SERVICE = "service";
  public static final String SERVICE_ACCOUNT = "serviceaccount";
  public static final String STATEFUL_SET = "statefulset";

  public static final String OBSERVER = "observer";
  public static final String OBSERVER_ACCOUNT = "observer-serviceaccount";
  public static final String OBSERVER_POLICY = "observer-networkpolicy";
  public static final String PROXY = "haproxy";
  public static final String PROXY_ACCOUNT = "haproxy-serviceaccount";
  public static final String PROXY_BUDGET = "haproxy-pdb";
  public static final String PROXY_CONFIG = "haproxy-config";
  public static final String PROXY_POLICY = "haproxy-networkpolicy";
  public static final String TLS = "tls";
  public static final String BUDGET = "pdb";
  public static final String SENTINEL = "sentinel";

  public static final String BACKUP_ACCOUNT = "backup-serviceaccount";
  public static final String BACKUP_CRON_JOB = "backup-cronjob";
  public static final String BACKUP_POLICY = "backup-networkpolicy";
  public static final String BACKUP_SCRIPTS = "backup-scripts";
  public static final String BACKUP_SECRET = "backup-secret";
  public static final String BACKUP_VOLUME = "backup-volume";
  public static final String DRILL_CRON_JOB = "drill-cronjob";
  public static final String EXTERNAL_CONNECTION = "external-connection";
  public static final String PROVIDER_CONFIG = "providerconfig";
  public static final String ROTATION_ACCOUNT = "rotation-serviceaccount";
  public static final String ROTATION_POLICY = "rotation-networkpolicy";
  public static final String ROTATION_PROXIES = "rotation-proxies";

  private static final String ROTATION = "rotation-";

  private Keys() {}

  /** What is there only while passwords are replaced: the store does its work without. */
  public static boolean isOfRotation(String key) {
    return key.startsWith(ROTATION);
  }

  /** A Job, which has a key for each name, because it cannot change. */
  public static String rotation(String job) {
    return ROTATION + job.substring(job.lastIndexOf('-') + 1);
  }

  /** The volume of one pod. */
  public static String data(int ordinal) {
    return "data-" + ordinal;
  }
}
