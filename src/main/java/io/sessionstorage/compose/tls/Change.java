package io.sessionstorage.compose.tls;

/** What happened to a store's certificates. */
public enum Change {
  /** There were none. */
  CREATED,

  /** The leaf and its key are new. */
  LEAF_RENEWED,

  /** The next authority is trusted from now on; the current one still signs. */
  CA_ADDED,

  /** The next authority signs from now on; the one before it is still trusted. */
  CA_SWITCHED,

  /**
   * The authority could not be used any more and no next one was there: a new one signs at once,
   * and who has not read the new bundle yet does not trust the new leaf.
   */
  CA_REPLACED,

  /** An expired authority is not trusted any more. */
  CA_DROPPED
}
