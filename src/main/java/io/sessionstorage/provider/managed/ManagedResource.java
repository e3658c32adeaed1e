package io.sessionstorage.provider.managed;

import com.fasterxml.jackson.annotation.JsonInclude;
import io.fabric8.kubernetes.api.model.Namespaced;
import io.fabric8.kubernetes.client.CustomResource;
import org.jspecify.annotations.Nullable;

/**
 * A managed resource. A kind extends it with its types and annotations alone:
 *
 * <pre>{@code
 * @Group(...) @Version(...)
 * public final class User extends ManagedResource<UserParameters, UserObservation> {}
 * }</pre>
 */
@JsonInclude(JsonInclude.Include.NON_NULL)
public abstract class ManagedResource<P, O> extends CustomResource<ManagedSpec<P>, ManagedStatus<O>>
    implements Namespaced {
  private static final long serialVersionUID = 1;

  /** There is no empty specification. */
  @Override
  @SuppressWarnings("NullAway") // CustomResource allows it and says so
  protected @Nullable ManagedSpec<P> initSpec() {
    return null;
  }

  /** There is no status until the first reconcile. */
  @Override
  @SuppressWarnings("NullAway") // CustomResource allows it and says so
  protected @Nullable ManagedStatus<O> initStatus() {
    return null;
  }
}
