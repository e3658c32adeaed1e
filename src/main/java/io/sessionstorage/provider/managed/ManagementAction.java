package io.sessionstorage.provider.managed;

import com.fasterxml.jackson.annotation.JsonProperty;

/** What Crossplane may do to an external resource. */
public enum ManagementAction {
  /** Look at it. */
  @JsonProperty("Observe")
  OBSERVE("Observe"),
  /** Create it if it is missing. */
  @JsonProperty("Create")
  CREATE("Create"),
  /** Make it equal to the specification. */
  @JsonProperty("Update")
  UPDATE("Update"),
  /** Delete it with the managed resource. */
  @JsonProperty("Delete")
  DELETE("Delete"),
  /** Fill in fields that the user has left empty. */
  @JsonProperty("LateInitialize")
  LATE_INITIALIZE("LateInitialize"),
  /** All of these. */
  @JsonProperty("*")
  ALL("*");

  private final String text;

  ManagementAction(String text) {
    this.text = text;
  }

  String text() {
    return text;
  }
}
