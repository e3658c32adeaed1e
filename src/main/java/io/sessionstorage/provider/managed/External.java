package io.sessionstorage.provider.managed;

/**
 * What a kind of managed resource does to its external resource. This is all that a kind
 * implements; policies, finalizers, conditions, events, connection Secrets, polling and back-off
 * are the reconciler's.
 *
 * <p>Rules for all four:
 *
 * <ul>
 *   <li>They are called from many threads at once, never twice at a time for one managed resource.
 *       Implementations keep no state between calls but pools.
 *   <li>They may block. After a minute the thread is interrupted; they then end soon.
 *   <li>They do not write the managed resource, its status or its connection Secret.
 *   <li>What went wrong is an {@link ExternalFailure}, whose message becomes the message of
 *       condition Synced and of an event: cause and remedy in one sentence, no secret, and the same
 *       text for the same cause (no time, no counter, no port of the client). It is tried again
 *       with a back-off of 1 to 60 seconds. Any other exception is a bug and is logged as such.
 * </ul>
 *
 * @param <P> what the user wants: {@code spec.forProvider}
 * @param <O> what was seen: {@code status.atProvider}
 * @param <C> what the kind's {@link Connector} resolves, such as a server's address and credentials
 */
public interface External<P, O, C> {
  /**
   * Looks at the external resource and changes nothing. Called at each reconcile, also for a
   * resource that is being deleted or only observed.
   *
   * @return {@link Observation#missing()} only if the external system said so; never because it
   *     could not be asked
   * @throws ExternalFailure if it could not be asked, or forbids to look
   */
  Observation<O> observe(Managed<P, O, C> managed) throws InterruptedException;

  /**
   * Creates the external resource, which was missing a moment ago. Idempotent: it is called again
   * if the provider ended before it could note the success.
   *
   * @return what to publish, in addition to what is published already
   * @throws ExternalFailure if it was not created
   */
  ConnectionDetails create(Managed<P, O, C> managed) throws InterruptedException;

  /**
   * Makes an external resource that differs from the specification equal to it.
   *
   * @param observation what {@link #observe} has returned a moment ago
   * @return what to publish, in addition to what is published already
   * @throws ExternalFailure if it was not updated
   */
  ConnectionDetails update(Managed<P, O, C> managed, Observation<O> observation)
      throws InterruptedException;

  /**
   * Deletes the external resource. The managed resource goes when {@link #observe} finds it
   * missing, so this may only begin to delete. Idempotent.
   *
   * @throws ExternalFailure if it was not deleted
   */
  void delete(Managed<P, O, C> managed) throws InterruptedException;
}
