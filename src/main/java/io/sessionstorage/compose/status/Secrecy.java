package io.sessionstorage.compose.status;

import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sessionstorage.compose.plan.Credentials;
import io.sessionstorage.compose.plan.Observed;
import io.sessionstorage.compose.plan.Plan;
import io.sessionstorage.compose.plan.User;
import io.sessionstorage.compose.rotation.Rotation;
import java.time.Instant;
import java.util.List;
import java.util.stream.Collectors;
import java.util.stream.Stream;

/**
 * Whether the store's passwords are as new as they should be.
 *
 * @param reason one CamelCase word for machines
 */
public record Secrecy(boolean current, String reason, String message) {
  /** The requirement whose result is the pods that see how far a rotation is. */
  public static final String PODS = "rotation-pods";

  /** Of a store. */
  public static Secrecy of(Plan plan, Observed observed) {
    Credentials credentials = plan.credentials();
    String secret = plan.instance().authSecret();
    if (!credentials.missing().isEmpty()) {
      return new Secrecy(
          false,
          "SecretIncomplete",
          "Secret %s has lost the password of %s, which the running store still asks for. Put it back, or delete the Secret to have new passwords made."
              .formatted(
                  secret,
                  credentials.missing().stream()
                      .map(User::text)
                      .collect(Collectors.joining(", "))));
    }
    if (credentials.progress().due()) {
      return new Secrecy(
          false,
          "RotationWaits",
          "New passwords are asked for. They are made as soon as the store is Ready or Suspended.");
    }
    Rotation rotation = credentials.rotation();
    String message =
        switch (rotation.step()) {
          case CURRENT -> current(plan);
          case ADDING ->
              "Every server is told of the new passwords. Consumers have the old one, and need not do anything.";
          case SWITCHING ->
              "The store itself goes over to the new passwords. Consumers have the old one, and need not do anything.";
          case OVERLAP ->
              "Secret %s has a new password since %s. Restart consumers that are older before %s, when the old one will be refused."
                  .formatted(
                      plan.instance().connectionSecret(),
                      rotation.rotatedAt(),
                      rotation.oldAcceptedUntil(credentials.policy()));
          case REMOVING ->
              "The old passwords are taken from every server. Restart consumers that still use them.";
        };
    if (credentials.progress().late()) {
      return new Secrecy(
          false,
          "RotationWaits",
          "%s That takes longer than usual%s. It goes on by itself as soon as every pod of the store runs."
              .formatted(message, obstacle(observed)));
    }
    return new Secrecy(true, rotation.step().text(), message);
  }

  private static String current(Plan plan) {
    Credentials credentials = plan.credentials();
    Rotation rotation = credentials.rotation();
    StringBuilder message =
        new StringBuilder(
            "Secret %s has every password, since %s."
                .formatted(plan.instance().authSecret(), rotation.rotatedAt()));
    if (rotation.oldUntil() != null) {
      message.append(" Older ones are refused since %s.".formatted(rotation.oldUntil()));
    }
    if (credentials.policy().every() != null) {
      message.append(
          " The next ones are made on %s."
              .formatted(rotation.rotatedAt().plus(credentials.policy().every())));
    }
    return message.toString();
  }

  /** What the Job waits for, by its last words. */
  private static String obstacle(Observed observed) {
    List<JsonNode> pods = observed.required().getOrDefault(PODS, List.of());
    return pods.stream()
        .flatMap(pod -> pod.path("status").path("containerStatuses").valueStream())
        .flatMap(container -> Stream.of(container.path("state"), container.path("lastState")))
        .map(state -> state.path("terminated").path("message").asText().strip())
        .filter(message -> !message.isEmpty())
        .map(message -> ": " + message.lines().reduce("", (first, second) -> second))
        .findFirst()
        .orElse("");
  }

  /** {@code status.credentials}. */
  public static ObjectNode status(Plan plan) {
    Rotation rotation = plan.credentials().rotation();
    ObjectNode status =
        JsonNodeFactory.instance
            .objectNode()
            .put("phase", rotation.step().text())
            .put("lastRotated", rotation.rotatedAt().toString());
    Instant until = rotation.oldAcceptedUntil(plan.credentials().policy());
    if (until != null) {
      status.put("oldAcceptedUntil", until.toString());
    }
    return status;
  }
}
