package io.sessionstorage.schema;

import static org.assertj.core.api.Assertions.assertThatCode;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import io.sessionstorage.api.InvalidInput;
import io.sessionstorage.api.PlatformDefaults;
import io.sessionstorage.api.SessionStorage;
import java.io.IOException;
import java.nio.file.Path;
import java.util.List;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

/** The function's parser and the schemas agree. */
class ParserTest {
  private static final Path CASES = Path.of("src/test/resources/schema");

  static List<Case> validStorages() throws IOException {
    return Case.in(CASES.resolve("session-storage/valid"));
  }

  static List<Case> validDefaults() throws IOException {
    return Case.in(CASES.resolve("platform-defaults/valid"));
  }

  static List<Case> invalidDefaults() throws IOException {
    return Case.in(CASES.resolve("platform-defaults/invalid"));
  }

  @ParameterizedTest
  @MethodSource("validStorages")
  void readsWhatTheSchemaAccepts(Case shown) {
    assertThatCode(() -> SessionStorage.read(shown.objects().getLast())).doesNotThrowAnyException();
  }

  @ParameterizedTest
  @MethodSource("validDefaults")
  void readsDefaultsThatTheSchemaAccepts(Case shown) {
    assertThatCode(() -> PlatformDefaults.read(shown.objects().getLast()))
        .doesNotThrowAnyException();
  }

  /** Nothing but the parser holds a Composition's input against the schema. */
  @ParameterizedTest
  @MethodSource("invalidDefaults")
  void refusesDefaultsThatTheSchemaRefuses(Case shown) {
    assertThatThrownBy(() -> PlatformDefaults.read(shown.objects().getLast()))
        .isInstanceOf(InvalidInput.class);
  }
}
