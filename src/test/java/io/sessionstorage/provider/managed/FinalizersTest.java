package io.sessionstorage.provider.managed;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.sessionstorage.testing.Requirement;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class FinalizersTest {
  @ParameterizedTest
  @CsvSource(
      textBlock =
          """
          ours,                                 true
          ours foregroundDeletion,              true
          orphan ours,                          true
          ours example.org/other,               false
          ours foregroundDeletion example/other, false
          """)
  @Requirement(
      "Runtime: a deletion waits for the finalizers of others, but for foregroundDeletion and orphan")
  void whoHoldsAnObject(String finalizers, boolean onlyOurs) {
    Widget widget = new Widget();
    widget.setMetadata(new ObjectMetaBuilder().withFinalizers(finalizers.split(" ")).build());

    assertThat(Finalizers.onlyHeldBy(widget, "ours")).isEqualTo(onlyOurs);
  }
}
