package dev.candor.statistics.registry;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.statistics.Quantity;
import dev.candor.statistics.StatisticsException;
import java.util.Collection;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.stream.Collectors;
import java.util.stream.Stream;
import org.assertj.core.api.ThrowableAssert.ThrowingCallable;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.MethodSource;

class StatisticCatalogueTest {

  static Collection<Statistic> statistics() {
    return StatisticCatalogue.statistics();
  }

  @Test
  void everyShelfIsThere() {
    assertThat(statistics()).hasSizeGreaterThan(65);
    assertThat(statistics().stream().map(Statistic::shelf).collect(Collectors.toSet()))
        .containsExactlyInAnyOrder(
            "fairness", "tests", "intervals", "sampling", "calibration", "conformal", "drift");
  }

  @ParameterizedTest
  @MethodSource("statistics")
  void itsExampleHasAValue(Statistic statistic) {
    assertThat(statistic.name()).matches("[a-z]+\\.[a-z0-9-]+");
    assertThat(statistic.definition()).endsWith(".").hasSizeGreaterThan(20);
    Statistic.Evaluation found = statistic.evaluate(statistic.example());
    assertThat(undefined(found.outcome())).isEmpty();
    assertThat(statistic.evaluate(statistic.example())).isEqualTo(found);
    for (Input input : statistic.inputs()) {
      assertThat(input.name()).matches("[a-z-]+");
      if (!isSeveral(statistic.example().getOrDefault(input.name(), List.of()))) {
        assertThat(found.settings()).containsKey(input.name());
      }
      assertThat(input.choices().isEmpty() || input.choices().contains(input.fallback().orElse("")))
          .isTrue();
    }
  }

  private static boolean isSeveral(Object value) {
    return value instanceof double[] || value instanceof List || value instanceof Map;
  }

  private static Stream<String> undefined(Outcome outcome) {
    return switch (outcome) {
      case Outcome.Single(Quantity.Undefined(String reason)) -> Stream.of(reason);
      case Outcome.Single _, Outcome.Whole _ -> Stream.empty();
      case Outcome.Named named ->
          named.values().values().stream().flatMap(StatisticCatalogueTest::undefined);
      case Outcome.Listed listed ->
          listed.values().stream().flatMap(StatisticCatalogueTest::undefined);
    };
  }

  /** Without one input that it must have, a statistic says so. */
  @ParameterizedTest
  @MethodSource("statistics")
  void missingAndWrongInputsAreNamed(Statistic statistic) {
    for (Input input : statistic.inputs()) {
      Map<String, Object> changed = new LinkedHashMap<>(statistic.example());
      if (input.presence() == Input.Presence.REQUIRED) {
        changed.remove(input.name());
        assertCode("input-missing", () -> statistic.evaluate(changed), input.name());
      }
      // No input takes a list of objects; those of the other way of giving rows conflict first.
      changed.put(input.name(), List.of(Map.of()));
      assertThatThrownBy(() -> statistic.evaluate(changed))
          .isInstanceOfSatisfying(
              StatisticsException.class,
              e ->
                  assertThat(e.code())
                      .isIn(
                          "statistics.wrong-type",
                          "statistics.inputs-conflict",
                          "statistics.input-unused"));
    }
    Map<String, Object> more = new LinkedHashMap<>(statistic.example());
    more.put("prediction", 1L);
    assertCode("unknown-input", () -> statistic.evaluate(more), "no input 'prediction'");
  }

  private static void assertCode(String reason, ThrowingCallable call, String message) {
    assertThatThrownBy(call)
        .isInstanceOfSatisfying(
            StatisticsException.class,
            e -> {
              assertThat(e.code()).isEqualTo("statistics." + reason);
              assertThat(e).hasMessageContaining(message);
              assertThat(e.remedy()).endsWith(".");
            });
  }

  @Test
  void theNearestNameIsOffered() {
    assertThatThrownBy(() -> StatisticCatalogue.require("drift.kulback-leibler"))
        .isInstanceOfSatisfying(
            StatisticsException.class,
            e -> {
              assertThat(e.code()).isEqualTo("statistics.unknown");
              assertThat(e.remedy()).contains("'drift.kullback-leibler'");
            });
  }

  private static Outcome value(String name, Map<String, Object> inputs) {
    return StatisticCatalogue.require(name).evaluate(inputs).outcome();
  }

  @Test
  void rowsMayBeGivenInSeveralForms() {
    double[] predictions = {1, 0, 1, 1};
    List<Object> flags = List.of(true, false, true, true);
    Map<String, Object> numbers =
        Map.of("predictions", predictions, "groups", new double[] {1, 1, 2, 2});
    Map<String, Object> texts = Map.of("predictions", flags, "groups", List.of("1", "1", "2", "2"));
    Outcome expected = Outcome.of(0.5);
    assertThat(value("fairness.demographic-parity-difference", numbers)).isEqualTo(expected);
    assertThat(value("fairness.demographic-parity-difference", texts)).isEqualTo(expected);
    Map<String, Object> attributes =
        Map.of(
            "predictions",
            predictions,
            "groups",
            List.of(List.of("a", "a", "b", "b"), new double[] {1, 2, 1, 1}));
    assertThat(value("fairness.demographic-parity-difference", attributes))
        .isEqualTo(Outcome.of(1.0));
    assertCode(
        "inputs-conflict",
        () -> value("fairness.demographic-parity-difference", Map.of()),
        "neither counts nor predictions");
  }

  @Test
  void whatIsGivenForNothingIsRefused() {
    Map<String, Object> given = new LinkedHashMap<>();
    given.put("reference", new double[] {1, 2});
    given.put("current", new double[] {2, 1});
    given.put("bins", 5L);
    assertCode("input-unused", () -> value("drift.hellinger", given), "does not use 'bins'");
    given.put("as", "values");
    assertThat(StatisticCatalogue.require("drift.hellinger").evaluate(given).settings())
        .containsExactly(Map.entry("as", "values"), Map.entry("bins", 5L));
  }

  @Test
  void whatIsUndefinedHasAReason() {
    Map<String, Object> same =
        Map.of("predictions", new double[] {0, 0}, "groups", List.of("a", "b"));
    assertThat(value("fairness.demographic-parity-ratio", same))
        .isEqualTo(
            Outcome.undefined("the selection rate is 0 in every group, and 0 / 0 is no ratio"));
  }

  @Test
  void categoriesAndValuesAreBinned() {
    Map<String, Object> categories =
        Map.of(
            "reference",
            List.of("a", "a", "b", "b", "c", "c"),
            "current",
            List.of("b", "b"),
            "as",
            "categories");
    assertThat(value("drift.largest-difference", categories)).isEqualTo(Outcome.of(1 - 1 / 3.0));
    Map<String, Object> forgotten = new LinkedHashMap<>(categories);
    forgotten.remove("as");
    assertCode(
        "inputs-conflict", () -> value("drift.largest-difference", forgotten), "list of texts");
    Map<String, Object> values =
        Map.of(
            "reference",
            new double[] {1, 2, 3, 4},
            "current",
            new double[] {1, 1, 1, 4},
            "as",
            "values",
            "bins",
            2L);
    assertThat(value("drift.total-variation", values)).isEqualTo(Outcome.of(0.25));
  }

  @Test
  void whatIsTooLargeToComputeIsAnErrorOfTheInputs() {
    double[] far = {1e308, -1e308, 1e308, -1e308};
    assertCode(
        "overflow",
        () -> value("tests.t", Map.of("reference", far, "current", new double[] {1, 2, 3})),
        "result is no number");
    assertCode(
        "overflow",
        () ->
            value("intervals.bootstrap-mean", Map.of("values", new double[] {1e308, 1e308, 1e308})),
        "result is no number");
  }
}
