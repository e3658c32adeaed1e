package io.sessionstorage.compose.plan;

/** The composition-resource-names. To change one deletes the object and makes another. */
public final class Keys {
  public static final String ACL = "acl";
  public static final String AUTH = "auth";
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

  private Keys() {}
}
