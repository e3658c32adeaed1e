package io.sessionstorage.provider.user;

import io.fabric8.generator.annotation.ValidationRule;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Version;
import io.sessionstorage.provider.managed.Description;
import io.sessionstorage.provider.managed.ManagedResource;

/** A user of a store's ACL. */
@Group(User.GROUP)
@Version(User.VERSION)
@Description(
    "A user of a store's ACL. Its password is made, published and rotated; what somebody changes by hand is put back.")
@ValidationRule(
    value =
        "has(self.spec.forProvider.passwordSecretRef) || has(self.spec.writeConnectionSecretToRef)",
    message =
        "set spec.writeConnectionSecretToRef, where the generated password is published, or spec.forProvider.passwordSecretRef")
public final class User extends ManagedResource<UserParameters, UserObservation> {
  static final String GROUP = "valkey.m.toolhive.stacklok.dev";
  static final String VERSION = "v1alpha1";

  private static final long serialVersionUID = 1;
}
