package io.sessionstorage.provider.managed;

/** Is told of each change that a reconcile makes, or fails to make, to an external resource. */
@FunctionalInterface
public interface ChangeLog extends AutoCloseable {
  /** Keeps nothing. */
  ChangeLog NONE = change -> {};

  /** Adds a change. That this may fail is the log's own concern: the reconcile goes on. */
  void add(Change change);

  @Override
  default void close() {}
}
