package dev.candor.statistics.sampling;

import dev.candor.statistics.Require;
import org.apache.commons.statistics.distribution.NormalDistribution;

/** How many rows a comparison of two groups needs. */
public final class SampleSize {

  private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);

  private SampleSize() {}

  /**
   * Rows of each of two groups with which a two-sided test of two shares finds a difference: n = (z
   * of 1 − α/2 · √(2 p̄ (1 − p̄)) + z of the power · √(p (1 − p) + q (1 − q)))² / (p − q)², rounded
   * up, where p̄ = (p + q) / 2 (Fleiss, Levin and Paik, Statistical Methods for Rates and
   * Proportions, 2003, section 4.2, without a continuity correction).
   *
   * @param share p, of the first group
   * @param other q, of the second, not the same
   * @param alpha how probable an alarm may be where there is no difference
   * @param power how probable an alarm must be where there is this one
   */
  public static long ofTwoShares(double share, double other, double alpha, double power) {
    Require.between("share", share, 0, 1);
    Require.between("other", other, 0, 1);
    Require.inside("alpha", alpha, 0, 1);
    Require.inside("power", power, 0, 1);
    double difference = Require.between("|share - other|", Math.abs(share - other), 1e-6, 1);
    double mean = 0.5 * (share + other);
    double root =
        NORMAL.inverseSurvivalProbability(alpha / 2) * Math.sqrt(2 * mean * (1 - mean))
            + NORMAL.inverseCumulativeProbability(power)
                * Math.sqrt(share * (1 - share) + other * (1 - other));
    return (long) Math.ceil(root * root / (difference * difference));
  }

  /**
   * How probable it is that the same test finds a difference with so many rows of each group; the
   * inverse of {@link #ofTwoShares}.
   *
   * @param rows of each group
   */
  public static double power(double share, double other, double alpha, long rows) {
    Require.between("share", share, 0, 1);
    Require.between("other", other, 0, 1);
    Require.inside("alpha", alpha, 0, 1);
    Require.atLeast("rows", rows, 1);
    double mean = 0.5 * (share + other);
    double reached =
        Math.sqrt(rows) * Math.abs(share - other)
            - NORMAL.inverseSurvivalProbability(alpha / 2) * Math.sqrt(2 * mean * (1 - mean));
    double spread = Math.sqrt(share * (1 - share) + other * (1 - other));
    if (spread == 0) {
      return reached > 0 ? 1 : 0;
    }
    return NORMAL.cumulativeProbability(reached / spread);
  }

  /**
   * Rows that, all right, show with a confidence that at least so large a share is: the smallest n
   * with (1 − rate)ⁿ ≤ 1 − confidence, the exact bound of which the "rule of three" is a rule of
   * thumb.
   *
   * @param rate of wrong ones that must be excluded, between 0 and 1
   */
  public static long withoutFailure(double rate, double confidence) {
    Require.inside("rate", rate, 0, 1);
    Require.inside("confidence", confidence, 0, 1);
    return Math.max(1, (long) Math.ceil(StrictMath.log1p(-confidence) / StrictMath.log1p(-rate)));
  }
}
