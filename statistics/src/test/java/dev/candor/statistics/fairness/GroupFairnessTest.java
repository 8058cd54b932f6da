package dev.candor.statistics.fairness;

import static dev.candor.statistics.fairness.Reference.BETWEEN_GROUPS;
import static dev.candor.statistics.fairness.Reference.TO_OVERALL;
import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.statistics.Quantity;
import dev.candor.statistics.StatisticsException;
import dev.candor.statistics.intervals.Bootstrap;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against Fairlearn 0.15, whose numbers these are. */
class GroupFairnessTest {

  private static final Offset<Double> CLOSE = Offset.offset(1e-12);

  /** In the order of the columns of the tables below. */
  private static List<Quantity> all(GroupOutcomes outcomes, Reference reference) {
    return List.of(
        GroupFairness.demographicParityDifference(outcomes, reference),
        GroupFairness.demographicParityRatio(outcomes, reference),
        GroupFairness.equalisedOddsDifference(outcomes, reference),
        GroupFairness.equalisedOddsRatio(outcomes, reference),
        GroupFairness.equalOpportunityDifference(outcomes, reference),
        GroupFairness.equalOpportunityRatio(outcomes, reference));
  }

  private static void assertAll(GroupOutcomes outcomes, Reference reference, double... expected) {
    List<Quantity> found = all(outcomes, reference);
    for (int i = 0; i < expected.length; i++) {
      assertThat(found.get(i).value()).as("column %d", i).isCloseTo(expected[i], CLOSE);
    }
  }

  @Test
  void rowsOfTheDocumentation() {
    GroupOutcomes outcomes =
        GroupOutcomes.ofRows(
            FairlearnRows.DOCUMENTED_LABELS,
            FairlearnRows.DOCUMENTED_DECISIONS,
            FairlearnRows.DOCUMENTED_GROUPS);
    assertAll(outcomes, BETWEEN_GROUPS, 0.25, 2 / 3.0, 1, 0, 0.2, 2 / 3.0);
    assertAll(outcomes, TO_OVERALL, 7 / 36.0, 20 / 27.0, 2 / 3.0, 0, 0.1, 0.8);
    assertThat(outcomes.rates(Rate.SELECTION).values())
        .extracting(Quantity::value)
        .containsExactly(0.75, 0.5, 0.5);
    assertThat(outcomes.rates(Rate.TRUE_POSITIVE).values())
        .extracting(Quantity::value)
        .containsExactly(0.5, 0.6, 0.4);
    assertThat(outcomes.rates(Rate.FALSE_POSITIVE).values())
        .extracting(Quantity::value)
        .containsExactly(1.0, 0.0, 2 / 3.0);
    assertThat(outcomes.groups().values())
        .extracting(Confusion::rows)
        .containsExactly(4.0, 6.0, 8.0);
  }

  @ParameterizedTest
  @CsvSource({
    "1,false,BETWEEN_GROUPS,.07460317460317456,.8912037037037037,.10079051383399218,"
        + ".8712121212121211,.10079051383399218,.8712121212121211",
    "1,false,TO_OVERALL,.037826961770623724,.9432367149758455,.051515151515151514,"
        + ".9297520661157025,.051515151515151514,.9297520661157025",
    "1,true,BETWEEN_GROUPS,.02383913764510781,.9649710630520865,.01976284584980237,"
        + ".9565217391304348,.0072727272727273196,.9906759906759907",
    "1,true,TO_OVERALL,.012348330290991028,.9815438934360456,.01010101010101011,"
        + ".9777777777777777,.003868471953578312,.9950186799501868",
    "2,false,BETWEEN_GROUPS,.03809523809523807,.9428571428571428,.23076923076923078,"
        + ".625,.07707509881422925,.9002557544757033",
    "2,false,TO_OVERALL,.019315895372233438,.9701863354037267,.11538461538461542,"
        + ".7692307692307693,.039393939393939426,.9486166007905139",
    "2,true,BETWEEN_GROUPS,.082177385456074,.8834575260804769,.26000000000000006,"
        + ".5357142857142857,.006902899217671399,.9911556603773585",
    "2,true,TO_OVERALL,.046113928529307624,.9310770315529703,.14444444444444443,"
        + ".675,.0038920601971977886,.9950132978723404"
  })
  void rowsOfItsTests(
      int grouping,
      boolean weighted,
      Reference reference,
      double parityDifference,
      double parityRatio,
      double oddsDifference,
      double oddsRatio,
      double opportunityDifference,
      double opportunityRatio) {
    double[] weights = FairlearnRows.weights();
    if (!weighted) {
      Arrays.fill(weights, 1);
    }
    GroupOutcomes outcomes =
        GroupOutcomes.ofRows(
            FairlearnRows.LABELS,
            FairlearnRows.DECISIONS,
            grouping == 1 ? FairlearnRows.groups("aa", "ba", 2) : FairlearnRows.groups("f", "g", 3),
            weights);
    assertAll(
        outcomes,
        reference,
        parityDifference,
        parityRatio,
        oddsDifference,
        oddsRatio,
        opportunityDifference,
        opportunityRatio);
    GroupOutcomes decisionsAlone =
        GroupOutcomes.ofDecisions(
            FairlearnRows.DECISIONS,
            grouping == 1 ? FairlearnRows.groups("aa", "ba", 2) : FairlearnRows.groups("f", "g", 3),
            weights);
    assertThat(GroupFairness.demographicParityRatio(decisionsAlone, reference).value())
        .isCloseTo(parityRatio, CLOSE);
    assertThatThrownBy(() -> GroupFairness.equalisedOddsRatio(decisionsAlone, reference))
        .isInstanceOfSatisfying(
            StatisticsException.class,
            e -> assertThat(e.code()).isEqualTo("statistics.labels-missing"));
  }

  @Test
  void intersections() {
    List<String> groups =
        Intersections.of(
            List.of(FairlearnRows.groups("aa", "ba", 2), FairlearnRows.groups("f", "g", 3)));
    GroupOutcomes outcomes =
        GroupOutcomes.ofRows(FairlearnRows.LABELS, FairlearnRows.DECISIONS, groups);
    assertThat(outcomes.groups().keySet()).containsExactly("aa & f", "aa & g", "ba & f", "ba & g");
    assertThat(outcomes.rates(Rate.SELECTION).values())
        .extracting(Quantity::value)
        .containsExactly(0.5, 13 / 18.0, 15 / 18.0, 9 / 17.0);
    assertAll(
        outcomes,
        BETWEEN_GROUPS,
        .33333333333333337,
        .6,
        .75,
        .25,
        .23015873015873012,
        .7070707070707071);
    assertAll(
        outcomes,
        TO_OVERALL,
        .18544600938967137,
        .7717391304347826,
        .5,
        .5,
        .1777777777777777,
        .7575757575757577);
    assertThatThrownBy(
            () -> Intersections.of(List.of(List.of("a & b", "a"), List.of("c", "b & c"))))
        .isInstanceOfSatisfying(
            StatisticsException.class,
            e -> assertThat(e.code()).isEqualTo("statistics.names-collide"));
  }

  /**
   * ProPublica's table of the COMPAS scores (2016): a false positive rate of 44.85 against 23.45 %,
   * a false negative rate of 27.99 against 47.72 %.
   */
  @Test
  void compas() {
    GroupOutcomes outcomes =
        GroupOutcomes.ofCounts(
            Map.of(
                "African-American",
                new Confusion(1369, 805, 990, 532),
                "Caucasian",
                new Confusion(505, 349, 1139, 461)));
    assertThat(percent(outcomes, Rate.FALSE_POSITIVE)).containsExactly(44.85, 23.45);
    assertThat(percent(outcomes, Rate.FALSE_NEGATIVE)).containsExactly(27.99, 47.72);
    assertAll(
        outcomes,
        BETWEEN_GROUPS,
        0.2402002032197631,
        0.5916375569916079,
        0.21392495582112797,
        0.5229872103118948);
    assertThat(GroupFairness.difference(outcomes, Rate.FALSE_NEGATIVE, BETWEEN_GROUPS).value())
        .isCloseTo(461 / 966.0 - 532 / 1901.0, CLOSE);
    assertThat(
            GroupFairness.difference(outcomes, Rate.POSITIVE_PREDICTIVE_VALUE, BETWEEN_GROUPS)
                .value())
        .isCloseTo(1369 / 2174.0 - 505 / 854.0, CLOSE);
  }

  private static List<Double> percent(GroupOutcomes outcomes, Rate rate) {
    return outcomes.rates(rate).values().stream()
        .map(quantity -> Math.rint(quantity.value() * 1e4) / 100)
        .toList();
  }

  @Test
  void aRateOfNothingIsUndefinedAndNamesTheGroup() {
    GroupOutcomes outcomes =
        GroupOutcomes.ofCounts(
            Map.of("a", new Confusion(3, 1, 2, 4), "b", new Confusion(0, 1, 2, 0)));
    assertThat(GroupFairness.equalisedOddsDifference(outcomes, BETWEEN_GROUPS))
        .isEqualTo(
            Quantity.undefined(
                "of the true-positive rate: group b has no rows that should be positive"));
    assertThat(GroupFairness.demographicParityDifference(outcomes, BETWEEN_GROUPS).value())
        .isCloseTo(0.4 - 1 / 3.0, CLOSE);
    GroupOutcomes none =
        GroupOutcomes.ofCounts(
            Map.of("a", new Confusion(0, 0, 2, 4), "b", new Confusion(0, 0, 2, 1)));
    assertThat(GroupFairness.demographicParityRatio(none, BETWEEN_GROUPS).isDefined()).isFalse();
    assertThat(GroupFairness.demographicParityRatio(none, TO_OVERALL).isDefined()).isFalse();
    assertThat(GroupFairness.demographicParityDifference(none, TO_OVERALL).value()).isZero();
  }

  /** Of two large groups the bounds are about those of the normal law. */
  @Test
  void boundsByDrawingGroupsAgain() {
    GroupOutcomes outcomes =
        GroupOutcomes.ofCounts(
            Map.of("a", new Confusion(300, 300, 200, 200), "b", new Confusion(200, 200, 300, 300)));
    GroupBootstrap.Bounds bounds =
        GroupBootstrap.of(
            outcomes,
            drawn -> GroupFairness.demographicParityDifference(drawn, BETWEEN_GROUPS),
            new Bootstrap(2000, 7, 0.95));
    double deviation = 1.96 * Math.sqrt(2 * 0.24 / 1000);
    assertThat(bounds.estimate().value()).isCloseTo(0.2, CLOSE);
    assertThat(bounds.lower().value()).isCloseTo(0.2 - deviation, Offset.offset(0.005));
    assertThat(bounds.upper().value()).isCloseTo(0.2 + deviation, Offset.offset(0.005));
    GroupOutcomes small =
        GroupOutcomes.ofCounts(
            Map.of("a", new Confusion(1, 1, 1, 1), "b", new Confusion(1, 1, 1, 1)));
    GroupBootstrap.Bounds none =
        GroupBootstrap.of(
            small,
            drawn -> GroupFairness.equalOpportunityDifference(drawn, BETWEEN_GROUPS),
            new Bootstrap(500, 7, 0.95));
    assertThat(none.estimate().value()).isZero();
    assertThat(none.lower().isDefined()).isFalse();
    assertThat(Objects.toString(none.upper())).contains("of 500 draws");
  }
}
