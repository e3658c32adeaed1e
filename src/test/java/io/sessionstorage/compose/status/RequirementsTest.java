package io.sessionstorage.compose.status;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import io.sessionstorage.api.InvalidInput;
import io.sessionstorage.api.PlatformDefaults;
import io.sessionstorage.api.SessionStorage;
import io.sessionstorage.api.Store.Managed;
import io.sessionstorage.compose.plan.Keys;
import io.sessionstorage.compose.plan.Observed;
import io.sessionstorage.compose.plan.Plan;
import io.sessionstorage.testing.Yaml;
import java.time.Instant;
import java.util.Map;
import java.util.Random;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class RequirementsTest {
  @ParameterizedTest
  @CsvSource({
    "small, 2026-03-01T10:00:12Z, false",
    "small, 2026-03-01T10:00:13Z, true",
    "large, 2026-03-01T10:00:24Z, false",
    "large, 2026-03-01T10:00:25Z, true"
  })
  void leavesThePodsOfAStoreAloneWhileItStarts(String size, Instant now, boolean pods)
      throws InvalidInput, JsonProcessingException {
    JsonNode composite =
        Yaml.MAPPER.readTree(
            """
            apiVersion: toolhive.stacklok.dev/v1alpha1
            kind: SessionStorage
            metadata: {name: shared, namespace: team-a}
            spec: {size: %s}
            """
                .formatted(size));
    JsonNode statefulSet =
        Yaml.MAPPER.readTree("metadata: {creationTimestamp: '2026-03-01T10:00:00Z'}");
    Observed observed = new Observed(composite, Map.of(Keys.STATEFUL_SET, statefulSet), Map.of());
    SessionStorage storage = SessionStorage.read(composite);
    Plan plan =
        Plan.of(
            storage,
            (Managed) storage.store(),
            PlatformDefaults.read(Yaml.MAPPER.createObjectNode()),
            observed,
            new Random(1),
            now);

    Map<String, ?> requirements = Requirements.of(plan, observed, now);

    assertThat(requirements.containsKey(Diagnosis.PODS)).isEqualTo(pods);
    assertThat(requirements.containsKey(Diagnosis.PROXIES)).isEqualTo(pods && plan.replicated());
  }
}
