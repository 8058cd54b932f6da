package dev.candor.statistics.tests;

import static org.assertj.core.api.Assertions.assertThat;

import dev.candor.statistics.sampling.SampleSize;
import java.util.List;
import java.util.SplittableRandom;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against SciPy 1.17 and statsmodels 0.15. */
class SignificanceTest {

  private static final Offset<Double> CLOSE = Offset.offset(1e-9);

  private static final double[] A = {38.7, 41.5, 43.8, 44.5, 45.5, 46, 47.7, 58};
  private static final double[] B = {39.2, 39.3, 39.7, 41.4, 41.8, 42.9, 43.3, 45.8};

  /** With equal values, within and between. */
  private static final double[] C = {1, 2, 2, 3, 5, 8, 13, 21, 34, 55.5};

  private static final double[] D = {2, 3, 3.5, 4, 4.5, 6, 7, 9, 10, 11, 12, 14};

  @ParameterizedTest
  @CsvSource({
    "48,80,12,40,.0034092217678491827,.999562370753535,.0017046108839245911,3.5",
    "3,5,2,5,1,.8968253968253967,.5,2.25",
    "8,10,1,6,.034965034965034975,.9991258741258742,.024475524475524483,20",
    "0,10,4,10,.08668730650154799,.04334365325077399,1,0",
    "100,1000,140,1000,.0071854281040752,.0035927140520376,.9976474979583375,.6825396825396826",
    "1,10000,12,10000,.0034084546447507216,.0017042273223753608,.9998784051311835,"
        + ".08324165749908324"
  })
  void fisherExact(
      int hits,
      int rows,
      int otherHits,
      int otherRows,
      double twoSided,
      double less,
      double greater,
      double odds) {
    assertThat(FisherExact.p(hits, rows, otherHits, otherRows, Alternative.TWO_SIDED))
        .isCloseTo(twoSided, CLOSE);
    assertThat(FisherExact.p(hits, rows, otherHits, otherRows, Alternative.LESS))
        .isCloseTo(less, CLOSE);
    assertThat(FisherExact.p(hits, rows, otherHits, otherRows, Alternative.GREATER))
        .isCloseTo(greater, CLOSE);
    assertThat(FisherExact.oddsRatio(hits, rows, otherHits, otherRows).value())
        .isCloseTo(odds, CLOSE);
    // Which group comes first does not matter.
    assertThat(FisherExact.p(otherHits, otherRows, hits, rows, Alternative.TWO_SIDED))
        .isCloseTo(twoSided, CLOSE);
  }

  @Test
  void fisherExactOfNothing() {
    assertThat(FisherExact.p(0, 0, 0, 0, Alternative.TWO_SIDED)).isEqualTo(1);
    assertThat(FisherExact.p(5, 5, 7, 7, Alternative.TWO_SIDED)).isEqualTo(1);
    assertThat(FisherExact.oddsRatio(5, 5, 0, 7).isDefined()).isFalse();
  }

  @Test
  void twoProportions() {
    TestResult found = TwoProportions.test(48, 80, 12, 40, Alternative.TWO_SIDED).orElseThrow();
    assertThat(found.statistic()).isCloseTo(3.098386676965933, CLOSE);
    assertThat(found.p()).isCloseTo(.0019457736937391545, CLOSE);
    assertThat(TwoProportions.test(48, 80, 12, 40, Alternative.LESS).orElseThrow().p())
        .isCloseTo(.9990271131531304, CLOSE);
    assertThat(TwoProportions.test(48, 80, 12, 40, Alternative.GREATER).orElseThrow().p())
        .isCloseTo(.0009728868468695772, CLOSE);
    assertThat(TwoProportions.test(8, 8, 4, 4, Alternative.TWO_SIDED)).isEmpty();
  }

  @Test
  void kolmogorovSmirnov() {
    TestResult exact = TwoSamples.kolmogorovSmirnov(A, B, TwoSamples.Method.EXACT);
    assertThat(exact.statistic()).isCloseTo(.625, CLOSE);
    assertThat(exact.p()).isCloseTo(.08702408702408701, CLOSE);
    assertThat(TwoSamples.kolmogorovSmirnov(A, B, TwoSamples.Method.ASYMPTOTIC).p())
        .isCloseTo(.04931640625, CLOSE);
    TestResult ties = TwoSamples.kolmogorovSmirnov(C, D, TwoSamples.Method.EXACT);
    assertThat(ties.statistic()).isCloseTo(.31666666666666665, CLOSE);
    assertThat(ties.p()).isCloseTo(.5577178239716939, CLOSE);
    assertThat(TwoSamples.kolmogorovSmirnov(C, D, TwoSamples.Method.ASYMPTOTIC).p())
        .isCloseTo(.5981405349794239, CLOSE);
  }

  @Test
  void mannWhitney() {
    TestResult exact = TwoSamples.mannWhitney(A, B, TwoSamples.Method.EXACT).orElseThrow();
    assertThat(exact.statistic()).isEqualTo(49);
    assertThat(exact.p()).isCloseTo(.08298368298368297, CLOSE);
    assertThat(TwoSamples.mannWhitney(A, B, TwoSamples.Method.ASYMPTOTIC).orElseThrow().p())
        .isCloseTo(.08312293695990333, CLOSE);
    TestResult ties = TwoSamples.mannWhitney(C, D, TwoSamples.Method.ASYMPTOTIC).orElseThrow();
    assertThat(ties.statistic()).isEqualTo(61.5);
    assertThat(ties.p()).isCloseTo(.9473528860101361, CLOSE);
    assertThat(TwoSamples.mannWhitney(C, D, TwoSamples.Method.EXACT)).isEmpty();
    double[] same = {1, 1};
    assertThat(TwoSamples.mannWhitney(same, same, TwoSamples.Method.ASYMPTOTIC)).isEmpty();
  }

  @Test
  void studentAndWelch() {
    assertThat(TwoSamples.t(A, B, true).orElseThrow().statistic())
        .isCloseTo(1.8594523396226919, CLOSE);
    assertThat(TwoSamples.t(A, B, true).orElseThrow().p()).isCloseTo(.08410572024397057, CLOSE);
    assertThat(TwoSamples.t(A, B, false).orElseThrow().p()).isCloseTo(.0951205647234384, CLOSE);
    assertThat(TwoSamples.t(C, D, true).orElseThrow().p()).isCloseTo(.18272799795134645, CLOSE);
    assertThat(TwoSamples.t(C, D, false).orElseThrow().p()).isCloseTo(.23523775226210497, CLOSE);
    assertThat(TwoSamples.t(new double[] {1, 1}, new double[] {2, 2}, false)).isEmpty();
  }

  @Test
  void andersonDarling() {
    AndersonDarling.Result found = AndersonDarling.test(A, B);
    assertThat(found.statistic().value()).isCloseTo(1.7183096744360893, CLOSE);
    assertThat(found.p().value()).isCloseTo(.0635146772876083, CLOSE);
    AndersonDarling.Result ties = AndersonDarling.test(C, D);
    assertThat(ties.statistic().value()).isCloseTo(.37588056975326195, CLOSE);
    assertThat(ties.p().value()).isCloseTo(.2335937191399312, CLOSE);
    double[] far = D.clone();
    for (int i = 0; i < far.length; i++) {
      far[i] += 20;
    }
    assertThat(AndersonDarling.test(C, far).statistic().value())
        .isCloseTo(5.296147423079048, CLOSE);
    assertThat(AndersonDarling.test(C, far).p().value()).isCloseTo(.002720212665919384, CLOSE);
    assertThat(AndersonDarling.test(C, C).p().value()).isEqualTo(.25);
    assertThat(AndersonDarling.test(new double[] {1, 1}, new double[] {1, 1}).p().isDefined())
        .isFalse();
  }

  @Test
  void chiSquare() {
    TestResult fit =
        ChiSquare.fit(new double[] {16, 16, 16, 16, 16, 8}, new double[] {16, 18, 16, 14, 12, 12});
    assertThat(fit.statistic()).isCloseTo(3.1746031746031744, CLOSE);
    assertThat(fit.p()).isCloseTo(.6730876006966301, CLOSE);
    TestResult independence =
        ChiSquare.independence(List.of(new double[] {10, 20, 30}, new double[] {6, 9, 17}))
            .orElseThrow();
    assertThat(independence.statistic()).isCloseTo(.27157465150403504, CLOSE);
    assertThat(independence.p()).isCloseTo(.873028283380073, CLOSE);
    // A column of nothing says nothing.
    assertThat(
            ChiSquare.independence(
                    List.of(new double[] {10, 20, 0, 30}, new double[] {6, 9, 0, 17}))
                .orElseThrow())
        .isEqualTo(independence);
    assertThat(ChiSquare.independence(List.of(new double[] {1, 0}, new double[] {3, 0}))).isEmpty();
  }

  @Test
  void holm() {
    assertThat(Holm.adjusted(new double[] {.01, .04, .03, .005, .5}))
        .containsExactly(new double[] {.04, .09, .09, .025, .5}, CLOSE);
    assertThat(Holm.adjusted(new double[] {.9, .8})).containsExactly(1, 1);
    assertThat(Holm.adjusted(new double[0])).isEmpty();
  }

  /** To see a ratio of 0.8 of selection rates with a power of 0.8. */
  @ParameterizedTest
  @CsvSource({".5,388", ".3,859", ".2,1447", ".1,3213", ".05,6745"})
  void rowsOfEachGroup(double share, long rows) {
    assertThat(SampleSize.ofTwoShares(share, 0.8 * share, .05, .8)).isEqualTo(rows);
    assertThat(SampleSize.power(share, 0.8 * share, .05, rows)).isGreaterThanOrEqualTo(.8);
    assertThat(SampleSize.power(share, 0.8 * share, .05, rows - 1)).isLessThan(.8);
  }

  @ParameterizedTest
  @CsvSource({".01,.95,299", ".03,.95,99", ".5,.5,1"})
  void rowsWithoutAFailure(double rate, double confidence, long rows) {
    assertThat(SampleSize.withoutFailure(rate, confidence)).isEqualTo(rows);
    assertThat(Math.pow(1 - rate, rows)).isLessThanOrEqualTo(1 - confidence);
  }

  /** Of groups that do not differ, Fisher's test says so at least as often as it promises. */
  @Test
  void alarmsWhereNothingIs() {
    SplittableRandom random = new SplittableRandom(3);
    int alarms = 0;
    for (int i = 0; i < 2000; i++) {
      int[] hits = new int[2];
      for (int row = 0; row < 200; row++) {
        hits[row % 2] += random.nextDouble() < 0.3 ? 1 : 0;
      }
      alarms += FisherExact.p(hits[0], 100, hits[1], 100, Alternative.TWO_SIDED) <= .05 ? 1 : 0;
    }
    assertThat(alarms).isBetween(30, 100);
  }
}
