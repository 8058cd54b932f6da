package dev.candor.statistics.fairness;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.statistics.drift.Divergence;
import java.util.Arrays;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against the expected values of the tests of AIF360, and definitions worked out by hand. */
class DisparityTest {

  private static final Offset<Double> CLOSE = Offset.offset(1e-12);

  private static boolean[] flags(int... values) {
    boolean[] flags = new boolean[values.length];
    for (int i = 0; i < flags.length; i++) {
      flags[i] = values[i] == 1;
    }
    return flags;
  }

  /** The ten rows of AIF360's {@code test_classification_metric.py}. */
  @Test
  void generalisedEntropyIsThatOfAif360() {
    boolean[] labels = flags(1, 0, 0, 1, 0, 0, 1, 0, 1, 1);
    double[] one = Inequality.benefits(labels, flags(1, 0, 0, 0, 1, 1, 1, 0, 1, 0));
    double[] other = Inequality.benefits(labels, flags(0, 1, 1, 0, 0, 0, 0, 1, 1, 1));
    List<String> groups = List.of("0", "0", "1", "1", "1", "1", "2", "2", "2", "2");
    assertThat(Inequality.generalisedEntropy(one, 2).value()).isCloseTo(0.2, CLOSE);
    assertThat(Inequality.generalisedEntropy(other, 2).value()).isCloseTo(0.3, CLOSE);
    assertThat(Inequality.generalisedEntropy(one, 1).value())
        .isCloseTo(4 * Math.log(2) / 10, CLOSE);
    double[] b = {1, 1, 1.25, 1.25, 1.25, 1.25, 0.75, 0.75, 0.75, 0.75};
    assertThat(Inequality.betweenGroups(one, groups, 2).value())
        .isCloseTo(Arrays.stream(b).map(v -> v * v - 1).sum() / 20, CLOSE);
    assertThat(Inequality.generalisedEntropy(one, 0).isDefined()).isFalse();
    assertThat(Inequality.generalisedEntropy(new double[3], 2).isDefined()).isFalse();
    double[] equal = {3, 3, 3};
    for (double alpha : new double[] {-1, 0, 0.5, 1, 2}) {
      assertThat(Inequality.generalisedEntropy(equal, alpha).value()).isZero();
    }
    // Around 0 and 1 the index goes into its limits.
    double[] some = {1, 2, 4};
    assertThat(Inequality.generalisedEntropy(some, 1e-7).value())
        .isCloseTo(Inequality.generalisedEntropy(some, 0).value(), Offset.offset(1e-6));
    assertThat(Inequality.generalisedEntropy(some, 1 + 1e-7).value())
        .isCloseTo(Inequality.generalisedEntropy(some, 1).value(), Offset.offset(1e-6));
  }

  @Test
  void classImbalance() {
    assertThat(LabelDisparity.classImbalance(5, 3).value()).isCloseTo(-0.25, CLOSE);
    assertThat(LabelDisparity.classImbalance(0, 0).isDefined()).isFalse();
  }

  /** Of three labels of two groups. */
  @Test
  void divergenceIsThatOfAif360() {
    double[] privileged = {0.5, 0.2, 0.3};
    double[] unprivileged = {0.4, 0.3, 0.3};
    assertThat(Divergence.kullbackLeibler(privileged, unprivileged))
        .isCloseTo((5 * Math.log(5 / 4.0) + 2 * Math.log(2 / 3.0)) / 10, CLOSE);
  }

  /** AIF360: groups of 3, 7 and 6 with 1, 3 and 4 of 8 negative, 2, 4 and 2 of 8 positive. */
  @Test
  void conditionalDemographicDisparity() {
    GroupOutcomes outcomes =
        GroupOutcomes.ofCounts(
            Map.of(
                "a", new Confusion(2, 0, 1, 0),
                "b", new Confusion(4, 0, 3, 0),
                "c", new Confusion(2, 0, 4, 0)));
    assertThat(LabelDisparity.conditionalDemographicDisparity(outcomes).value())
        .isCloseTo((3 * (1 - 2) + 7 * (3 - 4) + 6 * (4 - 2)) / 128.0, CLOSE);
    GroupOutcomes same = GroupOutcomes.ofCounts(Map.of("a", new Confusion(2, 1, 0, 0)));
    assertThat(LabelDisparity.conditionalDemographicDisparity(same).isDefined()).isFalse();
  }

  /**
   * The test part of Adult by race (white or not), sex and country (the United States or not): how
   * many earn more than 50,000 dollars, and how many AIF360's classifier says do.
   */
  @ParameterizedTest
  @CsvSource({
    "483 31 2805 171 58 18 177 103,1.53679014653623",
    "335 16 2414 120 45 12 122 85,1.6434003346776307"
  })
  void smoothedDifferentialFairnessOfAdult(String positives, double expected) {
    int[] rows = {4075, 310, 8797, 764, 852, 184, 938, 361};
    Map<String, Confusion> groups = new TreeMap<>();
    String[] hits = positives.split(" ");
    for (int i = 0; i < rows.length; i++) {
      int hit = Integer.parseInt(hits[i]);
      groups.put("group " + i, new Confusion(hit, 0, rows[i] - hit, 0));
    }
    assertThat(DifferentialFairness.smoothedEpsilon(GroupOutcomes.ofCounts(groups), 1).value())
        .isCloseTo(expected, CLOSE);
  }

  @Test
  void withoutSmoothingAnEmptyCellIsInfinite() {
    GroupOutcomes outcomes =
        GroupOutcomes.ofCounts(
            Map.of("a", new Confusion(0, 0, 5, 0), "b", new Confusion(1, 0, 4, 0)));
    assertThat(DifferentialFairness.smoothedEpsilon(outcomes, 0).value()).isInfinite();
    assertThat(DifferentialFairness.smoothedEpsilon(outcomes, 1).value()).isFinite();
    GroupOutcomes empty =
        GroupOutcomes.ofCounts(Map.of("a", Confusion.NONE, "b", new Confusion(1, 0, 4, 0)));
    assertThat(DifferentialFairness.smoothedEpsilon(empty, 0).isDefined()).isFalse();
  }

  @Test
  void biasBenchmark() {
    assertThat(BiasBenchmark.disambiguated(60, 80).value()).isCloseTo(0.5, CLOSE);
    assertThat(BiasBenchmark.disambiguated(0, 0).isDefined()).isFalse();
    assertThat(BiasBenchmark.ambiguous(30, 40, 60, 100).value()).isCloseTo(0.4 * 0.5, CLOSE);
    assertThat(BiasBenchmark.ambiguous(0, 0, 100, 100).value()).isZero();
  }

  @Test
  void exchangedNames() {
    List<String> original = List.of("yes", "yes", "no", "no", "later", "yes", "no", "yes");
    List<String> swapped = List.of("yes", "no", "no", "yes", "no", "no", "no", "no");
    CounterfactualPairs pairs = CounterfactualPairs.of(original, swapped, "yes", 0.95);
    assertThat(pairs.flips()).isEqualTo(5);
    assertThat(pairs.flipRate().estimate()).isEqualTo(0.625);
    assertThat(pairs.gained()).isEqualTo(1);
    assertThat(pairs.lost()).isEqualTo(3);
    assertThat(pairs.mcNemar()).isCloseTo(0.625, CLOSE);
    CounterfactualPairs.Shift shift =
        CounterfactualPairs.shift(new double[] {1, 2, 0, 0.5}, new double[] {2, 1, 0, 1.5});
    assertThat(shift.meanAbsolute()).isCloseTo(0.75, CLOSE);
    assertThat(shift.mean()).isCloseTo(0.25, CLOSE);
    assertThat(shift.rises()).isEqualTo(2);
    assertThat(shift.sign()).isCloseTo(1, CLOSE);
  }
}
