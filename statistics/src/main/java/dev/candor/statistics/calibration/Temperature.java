package dev.candor.statistics.calibration;

import dev.candor.statistics.Require;

/**
 * The temperature that makes probabilities honest: softmax(scores / T) with the T of the lowest
 * mean −ln p of rows that were not trained on (Guo et al., arXiv 1706.04599, section 4.2).
 */
public final class Temperature {

  /** Between these powers of e lies any sensible one. */
  private static final double BOUND = 4;

  private static final int STEPS = 80;

  /** What of an interval is kept: the golden section. */
  private static final double GOLDEN = 0.6180339887498949;

  private Temperature() {}

  /**
   * The temperature, between e⁻⁴ and e⁴.
   *
   * @param scores [rows, classes], logits
   * @param labels the right class of each row; one or more
   */
  public static double of(double[] scores, int[] labels) {
    check(scores, labels);
    // −ln p is convex in 1 / T, so it has one valley in ln T as well.
    double low = -BOUND;
    double high = BOUND;
    double left = high - GOLDEN * (high - low);
    double right = low + GOLDEN * (high - low);
    double atLeft = loss(scores, labels, StrictMath.exp(left));
    double atRight = loss(scores, labels, StrictMath.exp(right));
    for (int i = 0; i < STEPS; i++) {
      if (atLeft <= atRight) {
        high = right;
        right = left;
        atRight = atLeft;
        left = high - GOLDEN * (high - low);
        atLeft = loss(scores, labels, StrictMath.exp(left));
      } else {
        low = left;
        left = right;
        atLeft = atRight;
        right = low + GOLDEN * (high - low);
        atRight = loss(scores, labels, StrictMath.exp(right));
      }
    }
    return StrictMath.exp((low + high) / 2);
  }

  /**
   * Mean −ln p of the labels at a temperature.
   *
   * @param scores [rows, classes], logits
   * @param labels the right class of each row; one or more
   */
  public static double loss(double[] scores, int[] labels, double temperature) {
    int classes = scores.length / labels.length;
    double sum = 0;
    for (int n = 0; n < labels.length; n++) {
      int row = n * classes;
      double most = scores[row];
      for (int k = 1; k < classes; k++) {
        most = Math.max(most, scores[row + k]);
      }
      double total = 0;
      for (int k = 0; k < classes; k++) {
        total += StrictMath.exp((scores[row + k] - most) / temperature);
      }
      sum += StrictMath.log(total) - (scores[row + labels[n]] - most) / temperature;
    }
    return sum / labels.length;
  }

  private static void check(double[] scores, int[] labels) {
    Require.notFewer("labels", labels.length, 1);
    int classes = scores.length / labels.length;
    Require.sameLength("scores", scores.length, "labels times classes", classes * labels.length);
    Require.notFewer("classes", classes, 2);
    Require.allFinite("scores", scores);
    for (int row = 0; row < labels.length; row++) {
      Require.between("labels[" + row + "]", labels[row], 0, classes - 1);
    }
  }
}
