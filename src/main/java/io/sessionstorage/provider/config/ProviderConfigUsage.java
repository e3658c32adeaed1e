package io.sessionstorage.provider.config;

import com.fasterxml.jackson.annotation.JsonInclude;
import com.fasterxml.jackson.annotation.JsonPropertyDescription;
import io.fabric8.generator.annotation.Required;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import io.fabric8.kubernetes.model.annotation.Group;
import io.fabric8.kubernetes.model.annotation.Version;
import io.sessionstorage.provider.managed.Description;
import io.sessionstorage.provider.managed.ProviderConfigReference;
import org.jspecify.annotations.Nullable;

/**
 * That a managed resource uses a ProviderConfig or a ClusterProviderConfig. Its name is the managed
 * resource's UID.
 */
@Group(Api.GROUP)
@Version(Api.VERSION)
@Description("That a managed resource uses a ProviderConfig or ClusterProviderConfig.")
@JsonInclude(JsonInclude.Include.NON_NULL)
public final class ProviderConfigUsage extends CustomResource<Void, Void> implements Namespaced {
  private static final long serialVersionUID = 1;

  private transient @Nullable ProviderConfigReference providerConfigRef;
  private transient @Nullable ResourceReference resourceRef;

  /** A managed resource in the same namespace. */
  public record ResourceReference(
      @Required @JsonPropertyDescription("Its API version.") String apiVersion,
      @Required @JsonPropertyDescription("Its kind.") String kind,
      @Required @JsonPropertyDescription("Its name.") String name) {}

  /** What is used; null only while it is being read. */
  @Required
  @JsonPropertyDescription("What is used.")
  public @Nullable ProviderConfigReference getProviderConfigRef() {
    return providerConfigRef;
  }

  /** Sets what is used. */
  public void setProviderConfigRef(ProviderConfigReference providerConfigRef) {
    this.providerConfigRef = providerConfigRef;
  }

  /** Who uses it; null only while it is being read. */
  @Required
  @JsonPropertyDescription("Who uses it.")
  public @Nullable ResourceReference getResourceRef() {
    return resourceRef;
  }

  /** Sets who uses it. */
  public void setResourceRef(ResourceReference resourceRef) {
    this.resourceRef = resourceRef;
  }
}
