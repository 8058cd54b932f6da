package dev.candor.statistics.conformal;

import static org.assertj.core.api.Assertions.assertThat;
import static org.assertj.core.api.Assertions.assertThatThrownBy;

import dev.candor.statistics.StatisticsException;
import java.util.ArrayList;
import java.util.List;
import java.util.Map;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

class SplitConformalTest {

  private static final Offset<Double> CLOSE = Offset.offset(1e-12);

  @ParameterizedTest
  @CsvSource({".1,9,.9", ".2,8,.8", ".5,5,.5", ".05,10,Infinity"})
  void quantileOfNineScores(double alpha, long rank, double quantile) {
    double[] scores = {.3, .1, .2, .9, .4, .8, .5, .7, .6};
    assertThat(SplitConformal.rank(9, alpha)).isEqualTo(rank);
    assertThat(SplitConformal.quantile(scores, alpha)).isEqualTo(quantile);
  }

  /** In doubles (1 − 0.7) · 10 is more than 3, and the rank would be 4. */
  @ParameterizedTest
  @CsvSource({"9,.7,3", "99,.01,99", "999,.001,999", "19,.1,18", "0,.1,1"})
  void rankIsExact(long rows, double alpha, long rank) {
    assertThat(SplitConformal.rank(rows, alpha)).isEqualTo(rank);
  }

  @Test
  void everyGroupItsOwn() {
    double[] scores = {.1, .2, .3, .4, .5, .6, .7, .8, .9, .5};
    List<String> groups = List.of("a", "a", "a", "a", "a", "a", "a", "a", "a", "b");
    assertThat(SplitConformal.quantiles(scores, groups, .2))
        .containsExactly(Map.entry("a", .8), Map.entry("b", Double.POSITIVE_INFINITY));
  }

  @Test
  void sets() {
    double[] probabilities = {.6, .3, .1};
    assertThat(SplitConformal.set(probabilities, .3)).isEmpty();
    assertThat(SplitConformal.set(probabilities, .4)).containsExactly(0);
    assertThat(SplitConformal.set(probabilities, .75)).containsExactly(0, 1);
    assertThat(SplitConformal.set(probabilities, Double.POSITIVE_INFINITY))
        .containsExactly(0, 1, 2);
  }

  @Test
  void pValuesAndPromises() {
    double[] scores = {.1, .2, .3, .4};
    assertThat(SplitConformal.pValue(scores, .3)).isCloseTo(3 / 5.0, CLOSE);
    assertThat(SplitConformal.pValue(scores, .9)).isCloseTo(1 / 5.0, CLOSE);
    assertThat(SplitConformal.mostCoverage(9, .2)).isCloseTo(.8, CLOSE);
    assertThat(SplitConformal.mostCoverage(10, .2)).isCloseTo(9 / 11.0, CLOSE);
    assertThat(SplitConformal.leastAbstention(.3, .1)).isCloseTo(2 / 9.0, CLOSE);
    assertThat(SplitConformal.leastAbstention(.05, .1)).isZero();
  }

  @Test
  void riskControl() {
    double[] risks = {.5, .2, .08, .01};
    assertThat(SplitConformal.firstControlled(risks, 99, 1, .1).value()).isEqualTo(2);
    assertThat(SplitConformal.firstControlled(risks, 9, 1, .1).isDefined()).isFalse();
    assertThatThrownBy(() -> SplitConformal.firstControlled(new double[] {.1, .2}, 9, 1, .1))
        .isInstanceOfSatisfying(
            StatisticsException.class, e -> assertThat(e).hasMessageContaining("risks[1] is 0.2"));
  }

  /** Over many calibration sets the share of right answers in the sets is what was promised. */
  @Test
  void coverageIsBetweenThePromises() {
    SplittableRandom random = new SplittableRandom(17);
    int rows = 50;
    double alpha = .1;
    long covered = 0;
    int sets = 4000;
    for (int set = 0; set < sets; set++) {
      double[] scores = random.doubles(rows).map(score -> score * score).toArray();
      double next = random.nextDouble();
      covered += next * next <= SplitConformal.quantile(scores, alpha) ? 1 : 0;
    }
    double share = covered / (double) sets;
    double deviation = 4 * Math.sqrt(alpha * (1 - alpha) / sets);
    assertThat(share)
        .isBetween(1 - alpha - deviation, SplitConformal.mostCoverage(rows, alpha) + deviation);
  }

  /** What mixed quantiles promise on average, a harder group does not get; its own gives it. */
  @Test
  void aHarderGroupIsCoveredByItsOwnQuantileOnly() {
    SplittableRandom random = new SplittableRandom(23);
    double[] scores = new double[2000];
    List<String> groups = new ArrayList<>();
    for (int i = 0; i < scores.length; i++) {
      boolean hard = i % 10 == 0;
      groups.add(hard ? "hard" : "easy");
      scores[i] = random.nextDouble() * (hard ? 1 : .5);
    }
    double mixed = SplitConformal.quantile(scores, .1);
    double own = SplitConformal.quantiles(scores, groups, .1).getOrDefault("hard", 0.0);
    int mixedCovers = 0;
    int ownCovers = 0;
    for (int i = 0; i < 2000; i++) {
      double score = random.nextDouble();
      mixedCovers += score <= mixed ? 1 : 0;
      ownCovers += score <= own ? 1 : 0;
    }
    assertThat(mixedCovers / 2000.0).isLessThan(.7);
    assertThat(ownCovers / 2000.0).isBetween(.85, .97);
  }
}
