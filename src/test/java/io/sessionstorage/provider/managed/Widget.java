package io.sessionstorage.provider.managed;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Version;
import org.jspecify.annotations.Nullable;

/** A kind of managed resource for tests. */
@Group("test.example.org")
@Version("v1alpha1")
@Description("A widget.")
public final class Widget extends ManagedResource<Widget.Parameters, Widget.Seen> {
  private static final long serialVersionUID = 1;

  /** What is wanted. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Parameters(@Nullable String color) {}

  /** What is seen. */
  @JsonInclude(JsonInclude.Include.NON_NULL)
  public record Seen(@Nullable String color) {}
}
