package dev.candor.statistics.tests;

import dev.candor.statistics.Require;
import org.apache.commons.statistics.inference.AlternativeHypothesis;
import org.apache.commons.statistics.inference.BinomialTest;

/** Tests of two answers to the same rows. */
public final class PairedTests {

  private PairedTests() {}

  /**
   * The exact McNemar test: how probable it is that so many rows or more speak for one of two
   * models that are equally good.
   *
   * @param gained rows that only the first has right
   * @param lost rows that only the second has right
   * @return the two-sided p-value; 1 if no row speaks for either
   */
  public static double mcNemar(int gained, int lost) {
    Require.between("gained", gained, 0, Integer.MAX_VALUE - (double) lost);
    Require.between("lost", lost, 0, Integer.MAX_VALUE);
    if (gained + lost == 0) {
      return 1;
    }
    // Twice the one tail, which is the same under one half. The library's two-sided test compares
    // the probabilities of both tails without a tolerance and leaves out equal ones: of 10 and 3 it
    // says 0.057, not 0.092 (version 1.2).
    double tail =
        BinomialTest.withDefaults()
            .with(AlternativeHypothesis.LESS_THAN)
            .test(gained + lost, Math.min(gained, lost), 0.5)
            .getPValue();
    return Math.min(1, 2 * tail);
  }

  /**
   * The exact sign test of differences: whether more of them are positive than negative; those that
   * are 0 are left out (Dixon and Mood 1946).
   *
   * @return the number of positive ones, and the two-sided p-value
   */
  public static TestResult sign(double[] differences) {
    int positive = 0;
    int negative = 0;
    for (double difference : differences) {
      positive += difference > 0 ? 1 : 0;
      negative += difference < 0 ? 1 : 0;
    }
    return new TestResult(positive, mcNemar(positive, negative));
  }
}
