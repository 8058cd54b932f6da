package dev.candor.statistics.calibration;

import dev.candor.statistics.AscendingOrder;
import dev.candor.statistics.intervals.Bootstrap;
import dev.candor.statistics.intervals.Measured;
import dev.candor.statistics.sampling.Redraw;

/** How far probabilities are from how often they come true. */
public final class CalibrationError {

  private CalibrationError() {}

  /**
   * The expected calibration error with bins of equal mass (Nixon et al. 2019): rows are sorted by
   * their probability and cut into bins, the first ones longer by one row if there is a remainder;
   * the error is the mean of |share right − mean probability| over the bins, weighted by their
   * rows.
   *
   * <p>It is never negative, and therefore too large where there are few rows; drawing rows again
   * makes it larger once more by about as much. The bounds are those of the basic bootstrap, 2e −
   * q, which takes that off.
   *
   * @param probability of each row's answer
   * @param right whether it was
   */
  public static Measured equalMass(
      double[] probability, boolean[] right, int bins, Bootstrap bootstrap) {
    double[] excess = sortedExcess(probability, right, bins);
    return bootstrap.basic(excess.length, counts -> error(excess, counts, bins), 0, 1);
  }

  /** The same without bounds. */
  public static double equalMass(double[] probability, boolean[] right, int bins) {
    double[] excess = sortedExcess(probability, right, bins);
    return error(excess, Redraw.once(excess.length), bins);
  }

  private static double[] sortedExcess(double[] probability, boolean[] right, int bins) {
    Reliability.check(probability, right, bins);
    int rows = probability.length;
    int[] order = AscendingOrder.of(probability);
    double[] excess = new double[rows];
    for (int i = 0; i < rows; i++) {
      excess[i] = (right[order[i]] ? 1 : 0) - probability[order[i]];
    }
    return excess;
  }

  /** Of sorted rows, each so many times. */
  private static double error(double[] excess, int[] counts, int bins) {
    int rows = excess.length;
    int shorter = rows / bins;
    int longerBins = rows % bins;
    double error = 0;
    int row = 0;
    int left = counts[0];
    for (int bin = 0; bin < bins; bin++) {
      int length = shorter + (bin < longerBins ? 1 : 0);
      double sum = 0;
      while (length > 0) {
        int taken = Math.min(left, length);
        sum += taken * excess[row];
        length -= taken;
        left -= taken;
        while (left == 0 && row + 1 < rows) {
          left = counts[++row];
        }
      }
      error += Math.abs(sum);
    }
    return error / rows;
  }

  /**
   * The expected calibration error with bins of equal width (Guo et al., arXiv 1706.04599, equation
   * 3): the mean of |share right − mean probability| over the bins of {@link Reliability}, weighted
   * by their rows.
   */
  public static double equalWidth(double[] probability, boolean[] right, int bins) {
    double error = 0;
    for (Reliability.Bin bin : Reliability.of(probability, right, bins)) {
      error += bin.rows() * bin.gap();
    }
    return error / probability.length;
  }

  /** The largest |share right − mean probability| of a bin that has rows (equation 5 there). */
  public static double largest(double[] probability, boolean[] right, int bins) {
    double most = 0;
    for (Reliability.Bin bin : Reliability.of(probability, right, bins)) {
      most = Math.max(most, bin.gap());
    }
    return most;
  }
}
