package dev.candor.statistics.intervals;

import dev.candor.statistics.Require;
import dev.candor.statistics.sampling.Redraw;
import java.util.Arrays;
import java.util.SplittableRandom;
import java.util.function.ToDoubleFunction;

/**
 * Bounds of a statistic from rows that are drawn again, with replacement (Efron 1979). The same
 * rows and the same seed have the same bounds.
 *
 * @param resamples how often all rows are drawn again, 1 to 1,000,000
 * @param seed of the draws
 * @param confidence of the two-sided interval, between 0 and 1
 */
public record Bootstrap(int resamples, long seed, double confidence) {

  public Bootstrap {
    Require.between("resamples", resamples, 1, 1_000_000);
    Require.inside("confidence", confidence, 0, 1);
  }

  /**
   * The percentile interval: the quantiles of the statistic over the draws.
   *
   * @param rows 1 or more
   * @param statistic of rows of which each is there so many times
   */
  public Measured percentile(int rows, ToDoubleFunction<int[]> statistic) {
    double estimate = statistic.applyAsDouble(Redraw.once(rows));
    double[] drawn = drawn(rows, statistic);
    return new Measured(
        estimate, quantile(drawn, (1 - confidence) / 2), quantile(drawn, (1 + confidence) / 2));
  }

  /**
   * The basic interval: twice the estimate less the quantiles, which takes off by how much drawing
   * again makes the statistic larger.
   *
   * @param least the statistic is never less
   * @param most the statistic is never more
   */
  public Measured basic(int rows, ToDoubleFunction<int[]> statistic, double least, double most) {
    Measured percentile = percentile(rows, statistic);
    double twice = 2 * percentile.estimate();
    return new Measured(
        percentile.estimate(),
        Math.clamp(twice - percentile.upper(), least, most),
        Math.clamp(twice - percentile.lower(), least, most));
  }

  private double[] drawn(int rows, ToDoubleFunction<int[]> statistic) {
    SplittableRandom random = new SplittableRandom(seed);
    double[] drawn = new double[resamples];
    int[] counts = new int[rows];
    for (int i = 0; i < resamples; i++) {
      Redraw.rows(random, counts);
      drawn[i] = statistic.applyAsDouble(counts);
    }
    Arrays.sort(drawn);
    return drawn;
  }

  /**
   * A quantile of sorted values, between neighbours in proportion (Hyndman and Fan 1996, type 7).
   *
   * @param sorted ascending, one or more
   * @param share of the values that lies below, 0 to 1
   */
  public static double quantile(double[] sorted, double share) {
    double place = share * (sorted.length - 1);
    int below = (int) place;
    int above = Math.min(below + 1, sorted.length - 1);
    return sorted[below] + (place - below) * (sorted[above] - sorted[below]);
  }

  /**
   * The mean of values, such as the Brier score of rows, with the percentile interval.
   *
   * @param values of each row
   */
  public Measured mean(double[] values) {
    return percentile(values.length, counts -> mean(values, counts));
  }

  private static double mean(double[] values, int[] counts) {
    double sum = 0;
    for (int i = 0; i < values.length; i++) {
      sum += counts[i] * values[i];
    }
    return sum / values.length;
  }
}
