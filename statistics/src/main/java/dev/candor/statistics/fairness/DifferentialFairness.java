package dev.candor.statistics.fairness;

import dev.candor.statistics.Quantity;
import dev.candor.statistics.Require;

/**
 * Smoothed empirical differential fairness (Foulds et al., An Intersectional Definition of
 * Fairness, arXiv 1807.08362, equation 7): ε such that no decision is more than e^ε times as
 * probable in one group as in another. For intersections, which are small, it needs no cell to be
 * filled.
 */
public final class DifferentialFairness {

  private DifferentialFairness() {}

  /**
   * The ε of positive and negative decisions, each probability estimated as (hits + c/2) / (rows +
   * c).
   *
   * @param concentration c, more than 0 for smoothing, 0 without
   * @return 0 with one group; undefined without smoothing where a group has no rows; infinite where
   *     a decision never occurs in a group and does in another
   */
  public static Quantity smoothedEpsilon(GroupOutcomes outcomes, double concentration) {
    Require.between("concentration", concentration, 0, 1e6);
    double mostPositive = Double.NEGATIVE_INFINITY;
    double leastPositive = Double.POSITIVE_INFINITY;
    double mostNegative = Double.NEGATIVE_INFINITY;
    double leastNegative = Double.POSITIVE_INFINITY;
    for (var group : outcomes.groups().entrySet()) {
      double rows = group.getValue().rows() + concentration;
      if (rows == 0) {
        return Quantity.undefined("group " + group.getKey() + " has no rows");
      }
      double hits = Rate.SELECTION.hits(group.getValue());
      double positive = (hits + concentration / 2) / rows;
      double negative = (group.getValue().rows() - hits + concentration / 2) / rows;
      mostPositive = Math.max(mostPositive, positive);
      leastPositive = Math.min(leastPositive, positive);
      mostNegative = Math.max(mostNegative, negative);
      leastNegative = Math.min(leastNegative, negative);
    }
    return Quantity.of(
        Math.max(logRatio(mostPositive, leastPositive), logRatio(mostNegative, leastNegative)));
  }

  private static double logRatio(double most, double least) {
    return most == least ? 0 : StrictMath.log(most / least);
  }
}
