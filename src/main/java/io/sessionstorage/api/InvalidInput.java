package io.sessionstorage.api;

import java.util.List;
import java.util.stream.Collectors;

/** What a user wrote cannot be carried out. */
public final class InvalidInput extends Exception {
  private static final long serialVersionUID = 1L;

  private final transient List<Problem> problems;

  /** At least one problem. */
  public InvalidInput(List<Problem> problems) {
    super(problems.stream().map(Problem::toString).collect(Collectors.joining("; ")));
    this.problems = List.copyOf(problems);
  }

  /** Every problem that was found, in the order of the fields. */
  public List<Problem> problems() {
    return problems;
  }
}
