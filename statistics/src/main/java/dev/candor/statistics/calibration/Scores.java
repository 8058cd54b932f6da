package dev.candor.statistics.calibration;

import dev.candor.statistics.Quantity;
import dev.candor.statistics.Require;

/** Proper scores of probabilities: the best one to say is the true one. */
public final class Scores {

  /** What probabilities may miss of a sum of 1. */
  private static final double SUM_TOLERANCE = 1e-6;

  private Scores() {}

  /**
   * The Brier score of events: the mean of (p − y)² (Brier 1950, halved as is usual for two
   * classes), 0 to 1.
   *
   * @param probability of each event
   * @param happened whether it did
   */
  public static double brier(double[] probability, boolean[] happened) {
    Reliability.check(probability, happened, 1);
    double sum = 0;
    for (int i = 0; i < probability.length; i++) {
      double miss = probability[i] - (happened[i] ? 1 : 0);
      sum += miss * miss;
    }
    return sum / probability.length;
  }

  /**
   * The Brier score of choices: the mean over rows of Σ (p of a class − 1 for the right one)²
   * (Brier 1950), 0 to 2.
   *
   * @param probabilities [rows, classes], each row's sum is 1
   * @param labels the right class of each row
   */
  public static double brier(double[] probabilities, int[] labels) {
    int classes = classes(probabilities, labels);
    double sum = 0;
    for (int i = 0; i < probabilities.length; i++) {
      double miss = probabilities[i] - (labels[i / classes] == i % classes ? 1 : 0);
      sum += miss * miss;
    }
    return sum / labels.length;
  }

  /**
   * The mean of −ln of the probability of the right class; infinite where one had probability 0.
   *
   * @param probabilities [rows, classes], each row's sum is 1
   * @param labels the right class of each row
   */
  public static Quantity logLoss(double[] probabilities, int[] labels) {
    int classes = classes(probabilities, labels);
    double sum = 0;
    for (int row = 0; row < labels.length; row++) {
      sum -= StrictMath.log(probabilities[row * classes + labels[row]]);
    }
    return Quantity.of(sum / labels.length);
  }

  /** The number of classes, if the rows are complete and each is a distribution. */
  private static int classes(double[] probabilities, int[] labels) {
    Require.notFewer("labels", labels.length, 1);
    int classes = probabilities.length / labels.length;
    Require.sameLength(
        "probabilities", probabilities.length, "labels times classes", classes * labels.length);
    Require.notFewer("classes", classes, 2);
    Require.allBetween("probabilities", probabilities, 0, 1);
    for (int row = 0; row < labels.length; row++) {
      Require.between("labels[" + row + "]", labels[row], 0, classes - 1);
      double sum = 0;
      for (int k = 0; k < classes; k++) {
        sum += probabilities[row * classes + k];
      }
      Require.between(
          "the sum of probabilities[" + row + "]", sum, 1 - SUM_TOLERANCE, 1 + SUM_TOLERANCE);
    }
    return classes;
  }
}
