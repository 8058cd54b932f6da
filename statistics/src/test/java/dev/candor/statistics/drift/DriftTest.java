package dev.candor.statistics.drift;

import static org.assertj.core.api.Assertions.assertThat;

import java.util.Arrays;
import java.util.List;
import java.util.SplittableRandom;
import java.util.stream.IntStream;
import org.assertj.core.data.Offset;
import org.junit.jupiter.api.Test;
import org.junit.jupiter.params.ParameterizedTest;
import org.junit.jupiter.params.provider.CsvSource;

/** Against SciPy 1.17, Evidently, NannyML, river 0.26 and MOA 2024.07. */
class DriftTest {

  private static final Offset<Double> CLOSE = Offset.offset(1e-11);

  private static final double[] THEN = {16, 18, 16, 14, 12, 12};
  private static final double[] NOW = {16, 16, 16, 16, 16, 8};

  @Test
  void divergences() {
    assertThat(Divergence.populationStability(THEN, NOW, 1e-4))
        .isCloseTo(.037218381577290835, CLOSE);
    assertThat(Divergence.kullbackLeibler(THEN, NOW)).isCloseTo(.01890967696532045, CLOSE);
    assertThat(Divergence.jensenShannon(THEN, NOW, Math.E)).isCloseTo(.06804819617703867, CLOSE);
    assertThat(Divergence.jensenShannon(THEN, NOW, 2)).isCloseTo(.08173421330573756, CLOSE);
    assertThat(Divergence.totalVariation(THEN, NOW)).isCloseTo(.06818181818181819, CLOSE);
    assertThat(Divergence.hellinger(THEN, NOW)).isCloseTo(.06812774370983354, CLOSE);
    double[] even = new double[10];
    Arrays.fill(even, .1);
    double[] skewed = {.20, .15, .12, .10, .10, .09, .08, .07, .05, .04};
    assertThat(Divergence.populationStability(even, skewed, 1e-4))
        .isCloseTo(.19908593203875286, CLOSE);
    assertThat(Divergence.kullbackLeibler(new double[] {1, 1}, new double[] {1, 0})).isInfinite();
    assertThat(Divergence.populationStability(new double[] {1, 1}, new double[] {1, 0}, 1e-4))
        .isCloseTo(.5 * Math.log(2) + (1e-4 - .5) * Math.log(2e-4), CLOSE);
  }

  /** NannyML's examples of categories. */
  @ParameterizedTest
  @CsvSource({"aabbcc,aabbccd,.142857142857", "aabbcc,bbbbb,.666666666667"})
  void largestDifferenceOfCategories(String then, String now, double expected) {
    Binning.Counts counts = Binning.byCategory(List.of(then.split("")), List.of(now.split("")));
    assertThat(Divergence.largestDifference(counts.reference(), counts.current()))
        .isCloseTo(expected, Offset.offset(1e-11));
  }

  @Test
  void quantileBins() {
    double[] then = IntStream.range(0, 101).mapToDouble(i -> i * 37 % 101 / 10.0).toArray();
    double[] now = IntStream.range(0, 97).mapToDouble(i -> i * 53 % 97 / 8.0).toArray();
    Binning.Counts counts = Binning.byQuantiles(then, now, 10);
    assertThat(counts.reference()).containsExactly(11, 10, 10, 10, 10, 10, 10, 10, 10, 10);
    assertThat(counts.current()).containsExactly(9, 8, 8, 8, 8, 8, 8, 8, 8, 24);
    assertThat(Divergence.populationStability(counts.reference(), counts.current(), 1e-4))
        .isCloseTo(.1626856748493219, CLOSE);
    Binning.Counts constant = Binning.byQuantiles(new double[] {5, 5, 5}, new double[] {4, 6}, 10);
    assertThat(constant.edges()).containsExactly(5);
    assertThat(constant.reference()).containsExactly(3, 0);
    assertThat(constant.current()).containsExactly(1, 1);
  }

  @Test
  void wasserstein() {
    double[] a = {38.7, 41.5, 43.8, 44.5, 45.5, 46, 47.7, 58};
    double[] b = {39.2, 39.3, 39.7, 41.4, 41.8, 42.9, 43.3, 45.8};
    assertThat(SampleDistance.wasserstein(a, b)).isCloseTo(4.1625, CLOSE);
    assertThat(SampleDistance.wasserstein(b, a)).isCloseTo(4.1625, CLOSE);
    assertThat(SampleDistance.standardisedWasserstein(a, b).value())
        .isCloseTo(.781236105789365, CLOSE);
    assertThat(
            SampleDistance.wasserstein(
                new double[] {1, 2, 2, 3, 5, 8, 13, 21, 34, 55.5},
                new double[] {2, 3, 3.5, 4, 4.5, 6, 7, 9, 10, 11, 12, 14}))
        .isCloseTo(8.566666666666666, CLOSE);
    assertThat(SampleDistance.standardisedWasserstein(new double[] {1, 1}, b).isDefined())
        .isFalse();
  }

  @Test
  void meanDiscrepancy() {
    List<double[]> x =
        List.of(new double[] {0, 0}, new double[] {1, 0}, new double[] {0, 2}, new double[] {3, 1});
    List<double[]> y = List.of(new double[] {1, 1}, new double[] {2, 2}, new double[] {4, 0});
    assertThat(SampleDistance.medianDistance(x, y).value()).isCloseTo(Math.sqrt(5), CLOSE);
    assertThat(SampleDistance.squaredMeanDiscrepancy(x, y, 1.5, false))
        .isCloseTo(.23807391711334958, CLOSE);
    assertThat(SampleDistance.squaredMeanDiscrepancy(x, y, 1.5, true))
        .isCloseTo(-.1562398472906209, CLOSE);
  }

  private static double[] step() {
    return IntStream.range(0, 1000).mapToDouble(i -> i < 500 ? 0 : 1).toArray();
  }

  private static double[] shift() {
    return IntStream.range(0, 2000)
        .mapToDouble(i -> i % 1000 * 7919 % 1000 / 1000.0 + (i < 1000 ? 0 : .3))
        .toArray();
  }

  /** The same numbers everywhere: a linear congruence, times 1, 2 and 3 by turns of 700. */
  private static double[] stream(long seed) {
    double[] values = new double[3000];
    long state = seed;
    for (int i = 0; i < values.length; i++) {
      state = (state * 1103515245 + 12345) % (1L << 31);
      values[i] = state / (double) (1L << 31) * (1 + i / 700 % 3);
    }
    return values;
  }

  @Test
  void adwinSetsOffTheAlarmsOfMoa() {
    assertThat(Adwin.run(step(), .002, false).alarms()).containsExactly(511, 543, 607);
    assertThat(Adwin.run(shift(), .002, false).alarms()).startsWith(1055, 1087);
  }

  @Test
  void adwinSetsOffTheAlarmsOfRiver() {
    assertThat(Adwin.run(step(), .002, true).alarms()).containsExactly(511);
    assertThat(Adwin.run(shift(), .002, true).alarms()).containsExactly(1055);
    assertThat(Adwin.run(stream(1), .002, true).alarms()).containsExactly(735, 1471, 2143, 2847);
    assertThat(Adwin.run(stream(2), .002, true).alarms()).containsExactly(735, 1439, 2143, 2847);
    assertThat(Adwin.run(stream(2), .1, true).alarms()).containsExactly(735, 1439, 2143, 2815);
    assertThat(Adwin.run(stream(3), .002, true).alarms()).containsExactly(735, 1503, 2143, 2847);
    assertThat(Adwin.run(stream(3), .1, true).alarms()).containsExactly(735, 1439, 2143, 2847);
  }

  /** Before any cut the window has every value, and its mean. */
  @Test
  void adwinKeepsTheMeanOfItsWindow() {
    Adwin adwin = new Adwin(.002);
    double sum = 0;
    for (int i = 0; i < 700; i++) {
      double value = stream(1)[i];
      sum += value;
      assertThat(adwin.add(value)).isFalse();
    }
    assertThat(adwin.width()).isEqualTo(700);
    assertThat(adwin.mean()).isCloseTo(sum / 700, CLOSE);
  }

  /** A thousand streams in which nothing changes: alarms are at most as probable as asked for. */
  @Test
  void adwinIsQuietWhereNothingChanges() {
    SplittableRandom random = new SplittableRandom(1);
    int alarms = 0;
    for (int i = 0; i < 1000; i++) {
      alarms += Adwin.run(random.doubles(500).toArray(), .05, true).alarms().isEmpty() ? 0 : 1;
    }
    assertThat(alarms).isLessThanOrEqualTo(50);
  }

  @Test
  void pageHinkleySetsOffTheAlarmsOfRiver() {
    var usual = new PageHinkley.Settings(30, .005, 50, PageHinkley.Settings.FORGETTING);
    assertThat(PageHinkley.alarms(step(), usual)).containsExactly(553);
    assertThat(PageHinkley.alarms(shift(), usual)).containsExactly(1187);
    var quick = new PageHinkley.Settings(30, .005, 20, PageHinkley.Settings.FORGETTING);
    assertThat(PageHinkley.alarms(stream(1), quick))
        .containsExactly(717, 1066, 1445, 1805, 2117, 2845);
    assertThat(PageHinkley.alarms(stream(2), quick))
        .containsExactly(713, 1411, 1611, 1975, 2105, 2833);
    assertThat(PageHinkley.alarms(stream(3), quick))
        .containsExactly(732, 1339, 1435, 1746, 2112, 2841);
  }

  @Test
  void expectedPerformance() {
    ExpectedPerformance found =
        ExpectedPerformance.of(new double[] {.9, .8, .7, .6, .4, .3, .2, .1}, .5);
    assertThat(found.truePositives()).isCloseTo(3, CLOSE);
    assertThat(found.falsePositives()).isCloseTo(1, CLOSE);
    assertThat(found.falseNegatives()).isCloseTo(1, CLOSE);
    assertThat(found.trueNegatives()).isCloseTo(3, CLOSE);
    assertThat(found.accuracy()).isCloseTo(.75, CLOSE);
    assertThat(found.precision().value()).isCloseTo(.75, CLOSE);
    assertThat(found.recall().value()).isCloseTo(.75, CLOSE);
    assertThat(found.f1().value()).isCloseTo(.75, CLOSE);
    assertThat(ExpectedPerformance.of(new double[] {.1}, .5).precision().isDefined()).isFalse();
  }
}
