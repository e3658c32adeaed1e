package io.sessionstorage.provider.config;

/** The API group of all of the provider's kinds. */
public final class Api {
  /** The group. */
  public static final String GROUP = "valkey.m.toolhive.stacklok.dev";

  /** Its version. */
  public static final String VERSION = "v1alpha1";

  private Api() {}
}
