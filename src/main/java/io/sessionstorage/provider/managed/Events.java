package io.sessionstorage.provider.managed;

import io.fabric8.kubernetes.api.model.Event;
import io.fabric8.kubernetes.api.model.EventBuilder;
import io.fabric8.kubernetes.api.model.HasMetadata;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.fabric8.kubernetes.client.dsl.base.PatchContext;
import io.fabric8.kubernetes.client.dsl.base.PatchType;
import java.net.HttpURLConnection;
import java.time.Instant;
import java.time.InstantSource;
import java.util.LinkedHashMap;
import java.util.Map;
import java.util.Objects;
import java.util.concurrent.ArrayBlockingQueue;
import java.util.concurrent.ExecutionException;
import java.util.concurrent.RejectedExecutionException;
import java.util.concurrent.ThreadPoolExecutor;
import java.util.concurrent.TimeUnit;
import org.slf4j.Logger;
import org.slf4j.LoggerFactory;

/**
 * Records events as Kubernetes' own controllers do: an event that repeats is counted, and an object
 * that has too many is silenced. Recording neither waits nor fails; what the API server does not
 * take is dropped.
 */
public final class Events implements AutoCloseable {
  private static final Logger LOG = LoggerFactory.getLogger(Events.class);
  private static final int REMEMBERED = 4096;
  private static final int WAITING = 1000;
  private static final int BURST = 25;
  private static final long SECONDS_PER_EVENT = 300;
  private static final int LONGEST_MESSAGE = 1024;

  private record Key(String uid, String type, String reason, String message) {}

  /** An object's allowance: it refills by one every five minutes. */
  private record Allowance(double left, Instant since) {
    Allowance at(Instant now) {
      double refilled =
          left + (now.toEpochMilli() - since.toEpochMilli()) / 1000.0 / SECONDS_PER_EVENT;
      return new Allowance(Math.min(BURST, refilled), now);
    }
  }

  private final KubernetesClient client;
  private final InstantSource clock;
  private final Map<Key, Event> recorded = leastRecentlyUsed();
  private final Map<String, Allowance> allowances = leastRecentlyUsed();
  private final ThreadPoolExecutor writer =
      new ThreadPoolExecutor(
          0,
          1,
          10,
          TimeUnit.SECONDS,
          new ArrayBlockingQueue<>(WAITING),
          Thread.ofVirtual().name("events").factory());

  /** Records through {@code client}. */
  public Events(KubernetesClient client, InstantSource clock) {
    this.client = client;
    this.clock = clock;
  }

  /** Something happened as it should. */
  public void normal(
      String component,
      HasMetadata about,
      Map<String, String> annotations,
      String reason,
      String message) {
    record(component, about, annotations, "Normal", reason, message);
  }

  /** Something went wrong. */
  public void warning(
      String component,
      HasMetadata about,
      Map<String, String> annotations,
      String reason,
      String message) {
    record(component, about, annotations, "Warning", reason, message);
  }

  private void record(
      String component,
      HasMetadata about,
      Map<String, String> annotations,
      String type,
      String reason,
      String message) {
    Instant now = clock.instant();
    if (!allowed(about.getMetadata().getUid(), now)) {
      return;
    }
    String text =
        message.length() > LONGEST_MESSAGE ? message.substring(0, LONGEST_MESSAGE) : message;
    // @formatter:off
    Event event = new EventBuilder()
        .withNewMetadata()
          .withName("%s.%x".formatted(about.getMetadata().getName(), now.getEpochSecond() * 1_000_000_000L + now.getNano()))
          .withNamespace(Objects.requireNonNullElse(about.getMetadata().getNamespace(), "default"))
          .withAnnotations(annotations)
        .endMetadata()
        .withNewInvolvedObject()
          .withApiVersion(about.getApiVersion())
          .withKind(about.getKind())
          .withNamespace(about.getMetadata().getNamespace())
          .withName(about.getMetadata().getName())
          .withUid(about.getMetadata().getUid())
          .withResourceVersion(about.getMetadata().getResourceVersion())
        .endInvolvedObject()
        .withType(type)
        .withReason(reason)
        .withMessage(text)
        .withNewSource().withComponent(component).endSource()
        .withReportingComponent(component)
        .withReportingInstance("")
        .withFirstTimestamp(Annotations.format(now))
        .withLastTimestamp(Annotations.format(now))
        .withCount(1)
        .build();
    // @formatter:on
    try {
      writer.execute(() -> write(new Key(about.getMetadata().getUid(), type, reason, text), event));
    } catch (RejectedExecutionException e) {
      LOG.atDebug().addKeyValue("reason", reason).log("dropped an event");
    }
  }

  private synchronized boolean allowed(String uid, Instant now) {
    Allowance allowance = allowances.getOrDefault(uid, new Allowance(BURST, now)).at(now);
    boolean yes = allowance.left() >= 1;
    allowances.put(uid, yes ? new Allowance(allowance.left() - 1, now) : allowance);
    return yes;
  }

  /** Only the one writer calls this. */
  private void write(Key key, Event event) {
    try {
      Event before = recorded.get(key);
      Event written = before == null ? create(event) : again(before, event);
      recorded.put(key, written);
    } catch (KubernetesClientException e) {
      LOG.atDebug()
          .addKeyValue("reason", event.getReason())
          .addKeyValue("cause", e.getMessage())
          .log("cannot record an event");
    }
  }

  private Event create(Event event) {
    return client.resource(event).create();
  }

  private Event again(Event before, Event event) {
    try {
      return client
          .v1()
          .events()
          .inNamespace(before.getMetadata().getNamespace())
          .withName(before.getMetadata().getName())
          .patch(
              PatchContext.of(PatchType.JSON_MERGE),
              "{\"count\":%d,\"lastTimestamp\":\"%s\"}"
                  .formatted(before.getCount() + 1, event.getLastTimestamp()));
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_NOT_FOUND) {
        return create(event);
      }
      throw e;
    }
  }

  private static <K, V> Map<K, V> leastRecentlyUsed() {
    return new LinkedHashMap<>(16, 0.75f, true) {
      private static final long serialVersionUID = 1;

      @Override
      protected boolean removeEldestEntry(Map.Entry<K, V> eldest) {
        return size() > REMEMBERED;
      }
    };
  }

  /** Waits until all that was recorded so far is written. */
  void flush() {
    try {
      writer.submit(() -> {}).get();
    } catch (InterruptedException e) {
      Thread.currentThread().interrupt();
    } catch (ExecutionException e) {
      throw new IllegalStateException(e);
    }
  }

  /** Writes what waits, for at most two seconds. */
  @Override
  public void close() {
    writer.shutdown();
    try {
      if (!writer.awaitTermination(2, TimeUnit.SECONDS)) {
        writer.shutdownNow();
      }
    } catch (InterruptedException e) {
      writer.shutdownNow();
      Thread.currentThread().interrupt();
    }
  }
}
