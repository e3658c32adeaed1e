package io.sessionstorage.provider.binding;

import io.fabric8.kubernetes.api.model.OwnerReferenceBuilder;
import io.fabric8.kubernetes.api.model.Secret;
import io.fabric8.kubernetes.api.model.SecretBuilder;
import io.fabric8.kubernetes.client.KubernetesClient;
import io.fabric8.kubernetes.client.KubernetesClientException;
import io.sessionstorage.provider.managed.ExternalFailure;
import io.sessionstorage.provider.managed.Id;
import java.net.HttpURLConnection;
import java.util.Comparator;
import java.util.List;
import java.util.Map;
import java.util.Optional;

/**
 * The Secrets that a Binding makes in the consumer's namespace: another one for each change,
 * because a proxy notices a Secret's name and not its value. Garbage collection deletes them with
 * the Binding.
 */
final class Copies {
  private static final String LABEL = "valkey.m.toolhive.stacklok.dev/binding";
  private static final String NUMBER = "valkey.m.toolhive.stacklok.dev/number";
  private static final int LONGEST_STEM = 200;

  private final KubernetesClient client;

  Copies(KubernetesClient client) {
    this.client = client;
  }

  /** The copies, the newest first. */
  List<Secret> of(Id binding) {
    return client
        .secrets()
        .inNamespace(binding.namespace())
        .withLabel(LABEL, binding.uid())
        .list()
        .getItems()
        .stream()
        .sorted(Comparator.comparingInt(Copies::number).reversed())
        .toList();
  }

  /** The name of the newest copy if it holds just this; empty otherwise. */
  static Optional<String> holding(List<Secret> copies, Map<String, String> data) {
    return copies.stream()
        .findFirst()
        .filter(copy -> Stores.decoded(copy).equals(data))
        .map(copy -> copy.getMetadata().getName());
  }

  /** A copy that holds just this: the newest one, or a new one. */
  String make(Id binding, Map<String, String> data) {
    List<Secret> copies = of(binding);
    Optional<String> there = holding(copies, data);
    if (there.isPresent()) {
      return there.get();
    }
    int number = copies.isEmpty() ? 1 : number(copies.getFirst()) + 1;
    String stem = binding.name().substring(0, Math.min(binding.name().length(), LONGEST_STEM));
    String name = "%s-session-%d".formatted(stem, number);
    // @formatter:off
    Secret copy = new SecretBuilder()
        .withNewMetadata()
          .withNamespace(binding.namespace())
          .withName(name)
          .addToLabels(LABEL, binding.uid())
          .addToAnnotations(NUMBER, Integer.toString(number))
          .withOwnerReferences(new OwnerReferenceBuilder()
              .withApiVersion(binding.apiVersion())
              .withKind(binding.kind())
              .withName(binding.name())
              .withUid(binding.uid())
              .withController(true)
              .build())
        .endMetadata()
        .withType("Opaque")
        .withImmutable(true)
        .withStringData(data)
        .build();
    // @formatter:on
    try {
      client.resource(copy).create();
    } catch (KubernetesClientException e) {
      if (e.getCode() == HttpURLConnection.HTTP_CONFLICT) {
        throw new ExternalFailure(
            "Secret %s exists already and is not this Binding's: delete it, or give the Binding another name"
                .formatted(name));
      }
      throw e;
    }
    return name;
  }

  /** Deletes all copies but one, or all if there is none of this name. */
  void deleteAllBut(Id binding, String name) {
    of(binding).stream()
        .filter(copy -> !copy.getMetadata().getName().equals(name))
        .forEach(copy -> client.resource(copy).delete());
  }

  private static int number(Secret copy) {
    String number = copy.getMetadata().getAnnotations().getOrDefault(NUMBER, "0");
    return number.matches("\\d{1,9}") ? Integer.parseInt(number) : 0;
  }
}
