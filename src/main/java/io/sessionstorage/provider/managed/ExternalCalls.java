package io.sessionstorage.provider.managed;

import io.fabric8.kubernetes.client.KubernetesClientException;
import java.time.Duration;
import java.util.List;
import java.util.Objects;
import java.util.concurrent.Callable;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.ExecutorService;
import java.util.concurrent.Executors;
import java.util.concurrent.Future;
import java.util.concurrent.TimeUnit;
import java.util.concurrent.TimeoutException;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/** The calls to an external system in one reconcile, which share a time limit. */
final class ExternalCalls {
  private static final Logger LOG = LoggerFactory.getLogger(ExternalCalls.class);
  private static final ExecutorService THREADS =
      Executors.newThreadPerTaskExecutor(Thread.ofVirtual().name("external-", 0).factory());

  private final Duration limit;
  private final long end;

  ExternalCalls(Duration limit) {
    this.limit = limit;
    this.end = System.nanoTime() + limit.toNanos();
  }

  /**
   * Runs a call to its end, or to the end of the time, when it is interrupted and left alone.
   *
   * @param reason of the event if it fails
   * @param prefix of the message if it fails
   */
  <T> T call(String reason, String prefix, Callable<T> call)
      throws StepFailure, InterruptedException {
    Future<T> running = THREADS.submit(call);
    try {
      return running.get(Math.max(0, end - System.nanoTime()), TimeUnit.NANOSECONDS);
    } catch (TimeoutException e) {
      running.cancel(true);
      String message = "the external system has not answered within " + limit.toSeconds() + " s";
      throw new StepFailure(reason, prefix + message, List.of(), e);
    } catch (InterruptedException e) {
      running.cancel(true);
      throw e;
    } catch (ExecutionException e) {
      throw failure(reason, prefix, Objects.requireNonNull(e.getCause()));
    }
  }

  private static StepFailure failure(String reason, String prefix, Throwable cause) {
    return switch (cause) {
      case ExternalFailure failure ->
          new StepFailure(reason, prefix + failure.getMessage(), failure.conditions(), failure);
      case KubernetesClientException refusal ->
          new StepFailure(reason, prefix + StepFailure.message(refusal), List.of(), refusal);
      case Error error -> throw error;
      default -> {
        LOG.atError().setCause(cause).log("a bug in the provider");
        String message = "a bug in the provider, see its log: " + cause.getClass().getSimpleName();
        yield new StepFailure(reason, prefix + message, List.of(), cause);
      }
    };
  }
}
