package io.sessionstorage.compose;

import static org.assertj.core.api.Assertions.assertThat;

import com.fasterxml.jackson.core.JsonProcessingException;
import com.fasterxml.jackson.databind.JsonNode;
import com.fasterxml.jackson.databind.node.JsonNodeFactory;
import com.fasterxml.jackson.databind.node.MissingNode;
import com.fasterxml.jackson.databind.node.ObjectNode;
import io.sessionstorage.compose.Answer.Composed;
import io.sessionstorage.compose.Answer.Poll;
import io.sessionstorage.compose.Answer.Refused;
import io.sessionstorage.compose.Answer.Resource;
import io.sessionstorage.compose.plan.Checksum;
import io.sessionstorage.testing.Yaml;
import java.nio.charset.StandardCharsets;
import java.security.SecureRandom;
import java.time.Instant;
import java.util.Base64;
import java.util.HashSet;
import java.util.List;
import java.util.Map;
import java.util.Set;
import java.util.stream.Collectors;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;
import org.junit.jupiter.params.provider.ValueSource;

/** What holds for every store. */
class ComposerTest {
  private static final Set<String> USERS =
      Set.of("default", "replication", "sentinel", "probe", "exporter", "backup", "operator");

  private final Composer composer = new Composer(new SecureRandom());

  @ParameterizedTest
  @ValueSource(strings = {"small", "medium"})
  void comesToRestAfterTheFirstAnswer(String size) {
    Composed first = compose(xr("shared", size), Map.of());
    Composed second = compose(xr("shared", size), observed(first));
    Composed third = compose(xr("shared", size), observed(second));

    assertThat(first.poll()).isEqualTo(Poll.NONE);
    assertThat(observed(second)).isEqualTo(observed(first));
    assertThat(third).isEqualTo(second);
    assertThat(second.poll()).isNotEqualTo(Poll.NONE);
  }

  @ParameterizedTest
  @ValueSource(strings = {"small", "medium", "large"})
  void makesAnObjectThatDoesNotChangeOnlyOnce(String size) {
    Composed first = compose(xr("shared", size), Map.of());
    Composed second = compose(xr("shared", size), observed(first));
    Composed third = compose(xr("shared", size), observed(first));

    assertThat(third.resources())
        .allSatisfy(
            it ->
                assertThat(second.resources())
                    .anySatisfy(other -> assertThat(it.manifest()).isSameAs(other.manifest())));
  }

  @Test
  void makesAPasswordOfFortyUrlSafeCharactersForEachUser() {
    Map<String, String> passwords = secret(compose(xr("shared", "medium"), Map.of()), "auth");

    assertThat(passwords.keySet()).isEqualTo(USERS);
    assertThat(passwords.values())
        .allMatch(password -> password.matches("[A-Za-z0-9]{40}"))
        .doesNotHaveDuplicates();
  }

  @Test
  void keepsPasswordsInTheirSecretsOnly() {
    Composed answer = compose(xr("shared", "medium"), Map.of());
    Set<String> passwords = new HashSet<>(secret(answer, "auth").values());
    String elsewhere =
        answer.resources().stream()
                .filter(resource -> !Set.of("auth", "connection").contains(resource.key()))
                .map(resource -> decoded(resource.manifest().tree()))
                .collect(Collectors.joining("\n"))
            + answer.status()
            + answer.conditions()
            + answer.events()
            + answer.requirements();

    assertThat(passwords).hasSize(USERS.size()).noneMatch(elsewhere::contains);
    assertThat(secret(answer, "connection").values())
        .as("consumers know no password but their own")
        .noneMatch(
            value ->
                passwords.stream()
                    .filter(p -> !p.equals(secret(answer, "auth").get("default")))
                    .anyMatch(value::contains));
  }

  @Test
  void derivesValidNamesFromTheLongestName() {
    String name = "n".repeat(50);
    Composed answer = compose(xr(name, "medium"), Map.of());

    for (Resource resource : answer.resources()) {
      JsonNode metadata = resource.manifest().tree().path("metadata");
      assertThat(metadata.path("name").asText()).contains(name).hasSizeLessThanOrEqualTo(63);
      metadata
          .path("labels")
          .forEach(label -> assertThat(label.asText()).hasSizeLessThanOrEqualTo(63));
    }
  }

  @Test
  void refusesANameThatIsTooLong() {
    Answer answer = composer.compose(request(xr("n".repeat(51), "small"), Map.of()));

    assertThat(((Refused) answer).problems())
        .singleElement()
        .asString()
        .startsWith("metadata.name:")
        .contains("50");
  }

  @ParameterizedTest
  @ValueSource(
      strings = {
        "{}",
        "[]",
        "null",
        "7",
        "{kind: SessionStorage}",
        "{apiVersion: 7, kind: [], spec: x}"
      })
  void refusesWhatIsNoSessionStorage(String composite) {
    Answer answer = composer.compose(request(yaml(composite), Map.of()));

    assertThat(((Refused) answer).problems()).isNotEmpty();
  }

  @Test
  void makesNewPasswordsForAStoreWhoseSecretWasDeletedButNotForItsConsumers() {
    Composed before = compose(xr("shared", "medium"), Map.of());
    Map<String, JsonNode> observed = observed(before);
    observed.remove("auth");

    Composed after = compose(xr("shared", "medium"), observed);

    for (String user : USERS) {
      assertThat(secret(after, "auth").get(user)).isNotEqualTo(secret(before, "auth").get(user));
    }
    String old = secret(before, "auth").getOrDefault("default", "");
    assertThat(secret(after, "connection").get("password")).isEqualTo(old);
    assertThat(secret(after, "acl").get("users.acl"))
        .contains(Checksum.of(old))
        .contains(Checksum.of(secret(after, "auth").getOrDefault("default", "")))
        .contains(Checksum.of(secret(before, "auth").getOrDefault("operator", "")));
    assertThat(after.events()).anyMatch(event -> event.reason().equals("PasswordsMade"));
  }

  @Test
  void repeatsNoEventWhileThePhaseStays() {
    Composed first = compose(xr("shared", "small"), Map.of());
    JsonNode composite = xr("shared", "small");
    ((ObjectNode) composite).set("status", first.status());

    assertThat(compose(composite, Map.of()).events()).isEmpty();
  }

  @ParameterizedTest
  @CsvSource({"True, REGULAR", "False, SOON"})
  void looksAgainSoonWhileCrossplaneHardlyLooksItself(String responsive, Poll poll) {
    JsonNode composite = xr("shared", "small, suspend: true");
    Composed first = compose(composite, Map.of());
    ((ObjectNode) composite)
        .set(
            "status",
            yaml("{conditions: [{type: Responsive, status: '%s'}]}".formatted(responsive)));

    assertThat(compose(composite, observed(first)).poll()).isEqualTo(poll);
  }

  private Composed compose(JsonNode composite, Map<String, JsonNode> observed) {
    return (Composed) composer.compose(request(composite, observed));
  }

  private static Request request(JsonNode composite, Map<String, JsonNode> observed) {
    return new Request(
        composite,
        JsonNodeFactory.instance.objectNode(),
        observed,
        Map.of("pods", List.of()),
        Instant.parse("2026-03-01T10:20:30Z"));
  }

  private static Map<String, JsonNode> observed(Composed answer) {
    return answer.resources().stream()
        .collect(Collectors.toMap(Resource::key, resource -> resource.manifest().tree()));
  }

  private static Map<String, String> secret(Composed answer, String key) {
    return observed(answer)
        .getOrDefault(key, MissingNode.getInstance())
        .path("data")
        .properties()
        .stream()
        .collect(Collectors.toMap(Map.Entry::getKey, entry -> decode(entry.getValue().asText())));
  }

  private static String decoded(JsonNode object) {
    String secret =
        "Secret".equals(object.path("kind").asText())
            ? object.path("data").properties().stream()
                .map(entry -> decode(entry.getValue().asText()))
                .collect(Collectors.joining("\n"))
            : "";
    return object + secret;
  }

  private static String decode(String base64) {
    return new String(Base64.getDecoder().decode(base64), StandardCharsets.UTF_8);
  }

  private static JsonNode xr(String name, String size) {
    return yaml(
        """
        apiVersion: toolhive.stacklok.dev/v1alpha1
        kind: SessionStorage
        metadata: {name: %s, namespace: team-a}
        spec: {size: %s}
        """
            .formatted(name, size));
  }

  private static JsonNode yaml(String text) {
    try {
      return Yaml.MAPPER.readTree(text);
    } catch (JsonProcessingException e) {
      throw new AssertionError(e);
    }
  }
}
