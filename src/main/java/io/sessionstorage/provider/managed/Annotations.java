package io.sessionstorage.provider.managed;

import io.fabric8.kubernetes.api.model.ObjectMeta;
import io.sessionstorage.serve.Durations;
import java.time.Duration;
import java.time.Instant;
import java.time.OffsetDateTime;
import java.time.format.DateTimeParseException;
import java.time.temporal.ChronoUnit;
import java.util.Map;
import java.util.Objects;
import java.util.Optional;
import java.util.stream.Stream;

/** Crossplane's annotations of managed resources. */
final class Annotations {
  static final String EXTERNAL_NAME = "crossplane.io/external-name";
  static final String CREATE_PENDING = "crossplane.io/external-create-pending";
  static final String CREATE_SUCCEEDED = "crossplane.io/external-create-succeeded";
  static final String CREATE_FAILED = "crossplane.io/external-create-failed";
  static final String PAUSED = "crossplane.io/paused";
  static final String POLL_INTERVAL = "crossplane.io/poll-interval";
  static final String RECONCILE_REQUESTED = "crossplane.io/reconcile-requested-at";

  private static final Duration LEAST_POLL_INTERVAL = Duration.ofSeconds(1);

  private Annotations() {}

  static Map<String, String> of(ObjectMeta metadata) {
    return Objects.requireNonNullElse(metadata.getAnnotations(), Map.of());
  }

  /** The annotation's value; empty if there is none, or it is the empty text. */
  static Optional<String> get(ObjectMeta metadata, String key) {
    return Optional.ofNullable(of(metadata).get(key)).filter(value -> !value.isEmpty());
  }

  static boolean paused(ObjectMeta metadata) {
    return "true".equals(of(metadata).get(PAUSED));
  }

  /** The user's own poll interval, at least a second; empty if there is none, or it is none. */
  static Optional<Duration> pollInterval(ObjectMeta metadata) {
    return get(metadata, POLL_INTERVAL)
        .flatMap(Durations::parse)
        .filter(Duration::isPositive)
        .map(it -> it.compareTo(LEAST_POLL_INTERVAL) < 0 ? LEAST_POLL_INTERVAL : it);
  }

  /** Whether a creation was begun and its end was not noted. */
  static boolean createIncomplete(ObjectMeta metadata) {
    Optional<Instant> begun = time(metadata, CREATE_PENDING);
    return begun.isPresent()
        && Stream.of(CREATE_SUCCEEDED, CREATE_FAILED)
            .flatMap(key -> time(metadata, key).stream())
            .allMatch(end -> end.isBefore(begun.get()));
  }

  static boolean createdAfter(ObjectMeta metadata, Instant start) {
    return time(metadata, CREATE_SUCCEEDED).filter(start::isBefore).isPresent();
  }

  /** RFC 3339 to the second, as Go writes it. */
  static String format(Instant time) {
    return time.truncatedTo(ChronoUnit.SECONDS).toString();
  }

  private static Optional<Instant> time(ObjectMeta metadata, String key) {
    try {
      return get(metadata, key).map(OffsetDateTime::parse).map(OffsetDateTime::toInstant);
    } catch (DateTimeParseException e) {
      return Optional.empty();
    }
  }
}
