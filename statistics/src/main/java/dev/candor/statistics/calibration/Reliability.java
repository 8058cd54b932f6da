package dev.candor.statistics.calibration;

import dev.candor.statistics.Require;
import java.util.ArrayList;
import java.util.List;

/**
 * What a reliability diagram shows: of bins of equal width how often answers are right, beside how
 * probable they are said to be (Guo et al., arXiv 1706.04599, section 2).
 */
public final class Reliability {

  private Reliability() {}

  /**
   * Answers whose probability is more than the lower edge and at most the upper; the first bin has
   * those of probability 0 as well.
   *
   * @param lower edge
   * @param upper edge
   * @param rows how many there are; 0 leaves both shares at 0
   * @param meanProbability of them
   * @param shareRight of them
   */
  public record Bin(
      double lower, double upper, int rows, double meanProbability, double shareRight) {

    /** How far the two shares are apart; 0 without rows. */
    public double gap() {
      return Math.abs(shareRight - meanProbability);
    }
  }

  /**
   * All bins, with their edges at m / bins.
   *
   * @param probability of each row's answer, 0 to 1
   * @param right whether it was
   * @param bins 1 to 1,000
   */
  public static List<Bin> of(double[] probability, boolean[] right, int bins) {
    check(probability, right, bins);
    int[] rows = new int[bins];
    double[] sum = new double[bins];
    int[] rightRows = new int[bins];
    for (int i = 0; i < probability.length; i++) {
      int bin = bin(probability[i], bins);
      rows[bin]++;
      sum[bin] += probability[i];
      rightRows[bin] += right[i] ? 1 : 0;
    }
    List<Bin> found = new ArrayList<>();
    for (int bin = 0; bin < bins; bin++) {
      int count = Math.max(1, rows[bin]);
      found.add(
          new Bin(
              bin / (double) bins,
              (bin + 1) / (double) bins,
              rows[bin],
              sum[bin] / count,
              rightRows[bin] / (double) count));
    }
    return List.copyOf(found);
  }

  /** The edges are the doubles nearest to m / bins, so that 0.7 lies in the seventh of ten. */
  private static int bin(double probability, int bins) {
    int bin = Math.clamp((int) Math.ceil(probability * bins) - 1, 0, bins - 1);
    while (bin > 0 && probability <= bin / (double) bins) {
      bin--;
    }
    while (bin < bins - 1 && probability > (bin + 1) / (double) bins) {
      bin++;
    }
    return bin;
  }

  static void check(double[] probability, boolean[] right, int bins) {
    Require.notFewer("probabilities", probability.length, 1);
    Require.sameLength("probabilities", probability.length, "right", right.length);
    Require.allBetween("probabilities", probability, 0, 1);
    Require.between("bins", bins, 1, 1000);
  }
}
