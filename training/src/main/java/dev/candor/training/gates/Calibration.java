package dev.candor.training.gates;

import java.util.Arrays;
import java.util.Comparator;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;
import java.util.stream.IntStream;

/**
 * Whether probabilities mean what they say. Bounds come from the bootstrap: rows are drawn again
 * with a fixed seed, so the same rows have the same bounds.
 */
public final class Calibration {

  private Calibration() {}

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
  public static Measured error(
      double[] probability,
      boolean[] right,
      int bins,
      int resamples,
      long seed,
      double confidence) {
    int rows = probability.length;
    int[] order =
        IntStream.range(0, rows)
            .boxed()
            .sorted(Comparator.comparingDouble(row -> probability[row]))
            .mapToInt(Integer::intValue)
            .toArray();
    double[] excess = new double[rows];
    for (int i = 0; i < rows; i++) {
      excess[i] = (right[order[i]] ? 1 : 0) - probability[order[i]];
    }
    int[] once = new int[rows];
    Arrays.fill(once, 1);
    double error = error(excess, once, bins);
    double[] bounds =
        quantiles(rows, resamples, seed, confidence, counts -> error(excess, counts, bins));
    return new Measured(
        error, Math.max(0, 2 * error - bounds[1]), Math.clamp(2 * error - bounds[0], 0, 1));
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
   * A mean over rows, such as the Brier score, with the bounds of the percentile bootstrap.
   *
   * @param values of each row
   */
  public static Measured mean(double[] values, int resamples, long seed, double confidence) {
    int[] once = new int[values.length];
    Arrays.fill(once, 1);
    double[] bounds =
        quantiles(values.length, resamples, seed, confidence, counts -> mean(values, counts));
    return new Measured(mean(values, once), bounds[0], bounds[1]);
  }

  private static double mean(double[] values, int[] counts) {
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      sum += counts[i] * values[i];
    }
    return sum / values.length;
  }

  private static double[] quantiles(
      int rows, int resamples, long seed, double confidence, ToDoubleFunction<int[]> statistic) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] drawn = new double[resamples];
    int[] counts = new int[rows];
    for (int i = 0; i < resamples; i++) {
      Arrays.fill(counts, 0);
      for (int k = 0; k < rows; k++) {
        counts[random.nextInt(rows)]++;
      }
      drawn[i] = statistic.applyAsDouble(counts);
    }
    Arrays.sort(drawn);
    return new double[] {
      quantile(drawn, (1 - confidence) / 2), quantile(drawn, (1 + confidence) / 2)
    };
  }

  /** Between neighbours in proportion (Hyndman and Fan's type 7, the usual one). */
  private static double quantile(double[] sorted, double share) {
    double place = share * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }
}
