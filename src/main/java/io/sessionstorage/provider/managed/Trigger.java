package io.sessionstorage.provider.managed;

import io.fabric8.kubernetes.api.model.HasMetadata;
import io.javaoperatorsdk.operator.processing.event.source.filter.OnUpdateFilter;
import java.util.HashMap;
import java.util.Map;
import java.util.Objects;

/**
 * Which changes of an object are worth a reconcile: what a user wants, not what a controller
 * writes.
 */
final class Trigger<R extends HasMetadata> implements OnUpdateFilter<R> {
  @Override
  public boolean accept(R after, R before) {
    return !Objects.equals(generation(after), generation(before))
        || !Objects.equals(after.getMetadata().getLabels(), before.getMetadata().getLabels())
        || !annotations(after).equals(annotations(before));
  }

  private static Long generation(HasMetadata object) {
    return object.getMetadata().getGeneration();
  }

  private static Map<String, String> annotations(HasMetadata object) {
    Map<String, String> annotations = new HashMap<>(Annotations.of(object.getMetadata()));
    annotations.remove(Annotations.CREATE_PENDING);
    annotations.remove(Annotations.CREATE_FAILED);
    return annotations;
  }
}
