package io.sessionstorage.provider.managed;

import static org.assertj.core.api.Assertions.assertThat;

import io.sessionstorage.testing.Requirement;
import java.util.Arrays;
import java.util.List;
import java.util.Set;
import java.util.stream.Collectors;
import java.util.stream.IntStream;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.EnumSource;

class PoliciesTest {
  /**
   * Of the letters O, C, U, D and L, the sets that crossplane-runtime supports beside {@code *}.
   */
  private static final Set<String> SUPPORTED =
      Set.of(
          "", "O", "OC", "OU", "OD", "OL", "OCU", "OCD", "OCL", "OUL", "OCUD", "OCUL", "OCDL",
          "OCUDL");

  private static final List<ManagementAction> ACTIONS =
      List.of(
          ManagementAction.OBSERVE,
          ManagementAction.CREATE,
          ManagementAction.UPDATE,
          ManagementAction.DELETE,
          ManagementAction.LATE_INITIALIZE);

  @Test
  @Requirement(
      "Runtime: spec.managementPolicies is *, or one of the fourteen sets of actions that are supported")
  void allOtherSetsAreUnsupported() {
    assertThat(Policies.of(List.of(ManagementAction.ALL)).supported()).isTrue();
    assertThat(
            IntStream.range(0, 1 << ACTIONS.size())
                .mapToObj(PoliciesTest::subset)
                .filter(it -> Policies.of(it).supported())
                .map(PoliciesTest::letters)
                .toList())
        .containsExactlyInAnyOrderElementsOf(SUPPORTED);
  }

  private static List<ManagementAction> subset(int bits) {
    return ACTIONS.stream().filter(it -> (bits >> ACTIONS.indexOf(it) & 1) == 1).toList();
  }

  private static String letters(List<ManagementAction> actions) {
    return actions.stream().map(it -> it.text().substring(0, 1)).collect(Collectors.joining());
  }

  @ParameterizedTest
  @EnumSource
  void withoutAChoiceEverythingIsAllowed(ManagementAction action) {
    assertThat(Policies.of(null).allow(action)).isTrue();
    assertThat(Policies.of(List.of(ManagementAction.ALL)).allow(action)).isTrue();
  }

  @ParameterizedTest
  @EnumSource(mode = EnumSource.Mode.EXCLUDE, names = "ALL")
  void whatIsNotChosenIsForbidden(ManagementAction action) {
    Policies others =
        Policies.of(
            Arrays.stream(ManagementAction.values())
                .filter(it -> it != action && it != ManagementAction.ALL)
                .toList());

    assertThat(others.allow(action)).isFalse();
    assertThat(Policies.of(List.of(action)).allow(action)).isTrue();
  }
}
