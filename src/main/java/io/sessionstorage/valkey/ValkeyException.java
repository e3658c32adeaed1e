package io.sessionstorage.valkey;

import org.jspecify.annotations.Nullable;

/**
 * A server cannot be used, or refused a command. The message names the server, the cause and the
 * remedy, is of bounded length, and holds no password: it may be shown.
 */
public final class ValkeyException extends Exception {
  private static final long serialVersionUID = 1;

  private final Failure failure;
  private final String problem;

  /**
   * A failure.
   *
   * @param problem what happened, as a sentence without a full stop
   */
  public ValkeyException(Failure failure, String problem) {
    this(failure, problem, null);
  }

  ValkeyException(Failure failure, String problem, @Nullable Throwable cause) {
    super(problem + ". " + failure.remedy(), cause);
    this.failure = failure;
    this.problem = problem;
  }

  /** The same failure, met by another caller. */
  ValkeyException again() {
    return new ValkeyException(failure, problem, this);
  }

  public Failure failure() {
    return failure;
  }

  /** The message without the remedy. */
  public String problem() {
    return problem;
  }
}
