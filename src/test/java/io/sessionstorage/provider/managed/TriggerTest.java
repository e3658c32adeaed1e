package io.sessionstorage.provider.managed;

import static org.assertj.core.api.Assertions.assertThat;

import io.fabric8.kubernetes.api.model.ObjectMetaBuilder;
import io.sessionstorage.testing.Requirement;
import java.util.List;
import java.util.Map;
import java.util.function.UnaryOperator;
import java.util.stream.Stream;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class TriggerTest {
  record Case(String change, UnaryOperator<ObjectMetaBuilder> metadata, boolean reconciled) {
    @Override
    public String toString() {
      return change;
    }
  }

  static Stream<Case> cases() {
    return Stream.of(
        new Case("the specification", it -> it.withGeneration(2L), true),
        new Case("a label", it -> it.addToLabels("team", "a"), true),
        new Case("an annotation", annotated("example.org/any"), true),
        new Case("the external name", annotated("crossplane.io/external-name"), true),
        new Case("a pause", annotated("crossplane.io/paused"), true),
        new Case("a request", annotated("crossplane.io/reconcile-requested-at"), true),
        new Case("a creation's end", annotated("crossplane.io/external-create-succeeded"), true),
        new Case(
            "a creation's beginning", annotated("crossplane.io/external-create-pending"), false),
        new Case("a creation's failure", annotated("crossplane.io/external-create-failed"), false),
        new Case("the status alone", it -> it.withResourceVersion("2"), false),
        new Case("a finalizer", it -> it.withFinalizers("example.org/other"), false));
  }

  private static UnaryOperator<ObjectMetaBuilder> annotated(String key) {
    return it -> it.addToAnnotations(key, "2026-01-01T00:00:00Z");
  }

  @ParameterizedTest
  @MethodSource("cases")
  @Requirement(
      "Runtime: a change of the specification, of a label, or of an annotation is reconciled; of the annotations external-create-pending and external-create-failed it is not, nor of the status")
  void whatAUserWants(Case it) {
    assertThat(
            new Trigger<Widget>().accept(widget(it.metadata()), widget(UnaryOperator.identity())))
        .isEqualTo(it.reconciled());
  }

  private static Widget widget(UnaryOperator<ObjectMetaBuilder> change) {
    Widget widget = new Widget();
    widget.setMetadata(
        change
            .apply(
                new ObjectMetaBuilder()
                    .withName("one")
                    .withGeneration(1L)
                    .withResourceVersion("1")
                    .withFinalizers(List.of())
                    .withAnnotations(Map.of()))
            .build());
    return widget;
  }
}
