package io.sessionstorage.compose.status;

import io.sessionstorage.compose.plan.Credentials;
import io.sessionstorage.compose.plan.Plan;
import io.sessionstorage.compose.rotation.Rotation;
import java.util.Optional;

/** What is said when the replacement of the passwords gets on. */
final class RotationNews {
  private RotationNews() {}

  /** Empty: it did not get on now. */
  static Optional<Event> of(Plan plan) {
    Credentials credentials = plan.credentials();
    Rotation rotation = credentials.rotation();
    if (credentials.progress().lost()) {
      return Optional.of(
          new Event(
              true,
              "PasswordsMade",
              "Secret %s was gone: new passwords were made. The store takes them first, then consumers are given theirs."
                  .formatted(plan.instance().authSecret())));
    }
    if (rotation.step() == credentials.progress().before()) {
      return Optional.empty();
    }
    return switch (rotation.step()) {
      case ADDING ->
          event("RotationStarted", "New passwords were made, and every server is told of them.");
      case SWITCHING ->
          event(
              "RotationSwitching",
              "Every server accepts the new passwords: the store itself goes over to them.");
      case OVERLAP ->
          event(
              "ConnectionSecretChanged",
              "Secret %s has a new password. Restart its consumers before %s, when the old one will be refused."
                  .formatted(
                      plan.instance().connectionSecret(),
                      rotation.oldAcceptedUntil(credentials.policy())));
      case REMOVING -> event("RotationRemoving", "The old passwords are taken from every server.");
      case CURRENT ->
          event(
              "RotationComplete",
              "The old passwords are refused since %s.".formatted(rotation.since()));
    };
  }

  private static Optional<Event> event(String reason, String message) {
    return Optional.of(new Event(false, reason, message));
  }
}
