package io.sessionstorage.provider.config;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.kubernetes.client.CustomResource;
import org.jspecify.annotations.Nullable;

/**
 * A ProviderConfig or a ClusterProviderConfig.
 *
 * @param <L> where its secrets may be
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public abstract class AnyConfig<L extends SecretLocation>
    extends CustomResource<ConfigSpec<L>, ConfigStatus> {
  private static final long serialVersionUID = 1;

  /** There is no empty specification. */
  @Override
  @SuppressWarnings("NullAway") // CustomResource allows it and says so
  protected @Nullable ConfigSpec<L> initSpec() {
    return null;
  }

  /** There is no status until somebody has counted. */
  @Override
  @SuppressWarnings("NullAway") // CustomResource allows it and says so
  protected @Nullable ConfigStatus initStatus() {
    return null;
  }
}
