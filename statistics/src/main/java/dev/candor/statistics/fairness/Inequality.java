package dev.candor.statistics.fairness;

import dev.candor.statistics.Quantity;
import dev.candor.statistics.Require;
import java.util.List;
import java.util.Map;
import java.util.TreeMap;

/**
 * How unequally a benefit is spread over all people, not groups alone (Speicher et al., A Unified
 * Approach to Quantifying Algorithmic Unfairness, 2018).
 */
public final class Inequality {

  private Inequality() {}

  /**
   * The benefit of each decision there: 1 if it is right, 2 if it is positive without reason, 0 if
   * it is negative without reason.
   */
  public static double[] benefits(boolean[] labels, boolean[] predictions) {
    Require.sameLength("labels", labels.length, "predictions", predictions.length);
    double[] benefits = new double[labels.length];
    for (int i = 0; i < labels.length; i++) {
      benefits[i] = 1 + (predictions[i] ? 1 : 0) - (labels[i] ? 1 : 0);
    }
    return benefits;
  }

  /**
   * The generalised entropy index: the mean of ((b/μ)^α − 1) / (α (α − 1)), with α = 1 that of b/μ
   * ln(b/μ) (Theil, where 0 ln 0 is 0), with α = 0 that of −ln(b/μ). 0 where all are equal.
   *
   * @param benefits 0 or more
   * @param alpha how much the better off count
   * @return undefined where nobody has any benefit, and for α ≤ 0 where somebody has none
   */
  public static Quantity generalisedEntropy(double[] benefits, double alpha) {
    Require.notFewer("benefits", benefits.length, 1);
    Require.allAtLeast("benefits", benefits, 0);
    Require.between("alpha", alpha, -10, 10);
    double mean = 0;
    for (double benefit : benefits) {
      mean += benefit;
    }
    mean /= benefits.length;
    if (mean == 0) {
      return Quantity.undefined("nobody has any benefit, and the mean is 0");
    }
    double sum = 0;
    for (double benefit : benefits) {
      double relative = benefit / mean;
      if (relative == 0 && alpha <= 0) {
        return Quantity.undefined("somebody has a benefit of 0, which alpha <= 0 does not allow");
      }
      sum += term(relative, alpha);
    }
    return Quantity.of(sum / benefits.length);
  }

  private static double term(double relative, double alpha) {
    if (alpha == 1) {
      return relative == 0 ? 0 : relative * StrictMath.log(relative);
    }
    if (alpha == 0) {
      return -StrictMath.log(relative);
    }
    return (StrictMath.pow(relative, alpha) - 1) / (alpha * (alpha - 1));
  }

  /**
   * What of the index lies between groups: everybody has the mean benefit of their group.
   *
   * @param groups of each person
   */
  public static Quantity betweenGroups(double[] benefits, List<String> groups, double alpha) {
    Require.sameLength("groups", groups.size(), "benefits", benefits.length);
    Map<String, double[]> sums = new TreeMap<>();
    for (int i = 0; i < benefits.length; i++) {
      double[] sum = sums.computeIfAbsent(groups.get(i), _ -> new double[2]);
      sum[0] += benefits[i];
      sum[1]++;
    }
    double[] means = new double[benefits.length];
    for (int i = 0; i < means.length; i++) {
      double[] sum = sums.getOrDefault(groups.get(i), new double[] {0, 1});
      means[i] = sum[0] / sum[1];
    }
    return generalisedEntropy(means, alpha);
  }
}
