package io.sessionstorage.compose.plan;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.MissingNode;
import io.sessionstorage.testing.Yaml;
import java.util.HashMap;
import java.util.List;
import java.util.Map;
import org.junit.jupiter.api.Test;

class AddressesTest {
  private static final String ALIASES =
      "{spec: {template: {spec: {hostAliases: [{ip: 10.96.0.20}, {ip: 10.96.0.21}, {ip: 10.96.0.22}]}}}}";

  @Test
  void areThoseOfTheServicesInOrder() {
    assertThat(Addresses.of(3, observed(services("10.96.0.30", "10.96.0.31", "10.96.0.32"))))
        .containsExactly("10.96.0.30", "10.96.0.31", "10.96.0.32");
  }

  @Test
  void areAwaitedBeforeThereAreAnyPods() {
    assertThat(Addresses.of(3, observed(Map.of()))).isNull();
    assertThat(Addresses.of(3, observed(services("10.96.0.30", "", "10.96.0.32")))).isNull();
  }

  @Test
  void areThoseInUseWhileAServiceIsGone() {
    Map<String, String> objects = services("10.96.0.20", "", "10.96.0.22");
    objects.put(Keys.STATEFUL_SET, ALIASES);

    assertThat(Addresses.of(3, observed(objects)))
        .containsExactly("10.96.0.20", "10.96.0.21", "10.96.0.22");
  }

  @Test
  void areNoneForPodsOfAFormerReleaseUntilTheServicesAreThere() {
    assertThat(Addresses.of(3, observed(Map.of(Keys.STATEFUL_SET, "{spec: {}}")))).isEmpty();
  }

  @Test
  void areNoneForOneNode() {
    assertThat(Addresses.of(1, observed(Map.of()))).isEmpty();
  }

  /** Empty: the Service has none yet. */
  private static Map<String, String> services(String... addresses) {
    Map<String, String> objects = new HashMap<>();
    for (int i = 0; i < addresses.length; i++) {
      objects.put(Keys.node(i), "{spec: {clusterIP: '%s'}}".formatted(addresses[i]));
    }
    return objects;
  }

  private static Observed observed(Map<String, String> objects) {
    Map<String, JsonNode> resources = new HashMap<>();
    objects.forEach((key, yaml) -> resources.put(key, read(yaml)));
    return new Observed(MissingNode.getInstance(), resources, Map.<String, List<JsonNode>>of());
  }

  private static JsonNode read(String yaml) {
    try {
      return Yaml.MAPPER.readTree(yaml);
    } catch (JsonProcessingException e) {
      throw new IllegalArgumentException(e);
    }
  }
}
