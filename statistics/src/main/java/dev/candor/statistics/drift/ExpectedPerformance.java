package dev.candor.statistics.drift;

import dev.candor.statistics.Quantity;
import dev.candor.statistics.Require;

/**
 * How good a model is where nobody knows the right answers yet, from calibrated probabilities alone
 * (confidence-based performance estimation, as in NannyML): a probability of 0.9 is right 0.9
 * times. It holds as long as the probabilities do; it does not see that they have stopped holding.
 *
 * @param truePositives how many are expected
 * @param falsePositives how many are expected
 * @param falseNegatives how many are expected
 * @param trueNegatives how many are expected
 */
public record ExpectedPerformance(
    double truePositives, double falsePositives, double falseNegatives, double trueNegatives) {

  /**
   * Of decisions that are positive from a probability of {@code cut} on.
   *
   * @param probability of the positive class, of each row
   */
  public static ExpectedPerformance of(double[] probability, double cut) {
    Require.notFewer("probabilities", probability.length, 1);
    Require.allBetween("probabilities", probability, 0, 1);
    Require.between("cut", cut, 0, 1);
    double truePositives = 0;
    double falsePositives = 0;
    double falseNegatives = 0;
    double trueNegatives = 0;
    for (double p : probability) {
      if (p >= cut) {
        truePositives += p;
        falsePositives += 1 - p;
      } else {
        falseNegatives += p;
        trueNegatives += 1 - p;
      }
    }
    return new ExpectedPerformance(truePositives, falsePositives, falseNegatives, trueNegatives);
  }

  /** The expected share of right decisions; with a cut of 0.5 the mean of max(p, 1 − p). */
  public double accuracy() {
    return (truePositives + trueNegatives)
        / (truePositives + falsePositives + falseNegatives + trueNegatives);
  }

  /** Expected true positives to expected positive decisions. */
  public Quantity precision() {
    return Quantity.ratio(truePositives, truePositives + falsePositives, "no decision is positive");
  }

  /** Expected true positives to expected positive rows. */
  public Quantity recall() {
    return Quantity.ratio(truePositives, truePositives + falseNegatives, "every probability is 0");
  }

  /** Twice the expected true positives to expected positive decisions and rows. */
  public Quantity f1() {
    return Quantity.ratio(
        2 * truePositives,
        2 * truePositives + falsePositives + falseNegatives,
        "no decision is positive, and no row may be");
  }
}
