package dev.candor.statistics.tests;

import dev.candor.statistics.Quantity;
import dev.candor.statistics.Require;
import org.apache.commons.statistics.distribution.HypergeometricDistribution;

/** Fisher's exact test of two shares, given how many rows and how many hits there are. */
public final class FisherExact {

  /** Most rows of a table: the test looks at every table with the same sums. */
  public static final int MOST_ROWS = 5_000_000;

  /** Probabilities that are equal but for rounding count as equal, as in R's fisher.test. */
  private static final double EQUAL = 1 + 1e-7;

  private FisherExact() {}

  /**
   * The p-value. On both sides it is the sum over all tables with the same sums that are at most as
   * probable as this one.
   *
   * @param hits of the first group
   * @param rows of the first group
   * @param alternative what the first group's share may be against the other's
   */
  public static double p(
      int hits, int rows, int otherHits, int otherRows, Alternative alternative) {
    check(hits, rows, otherHits, otherRows);
    int all = rows + otherRows;
    int allHits = hits + otherHits;
    if (all == 0) {
      return 1;
    }
    HypergeometricDistribution tables = HypergeometricDistribution.of(all, allHits, rows);
    return switch (alternative) {
      case LESS -> tables.cumulativeProbability(hits);
      case GREATER -> hits == 0 ? 1 : tables.survivalProbability(hits - 1);
      case TWO_SIDED -> {
        double limit = tables.probability(hits) * EQUAL;
        double sum = 0;
        int least = Math.max(0, allHits - otherRows);
        int most = Math.min(rows, allHits);
        for (int other = least; other <= most; other++) {
          double probability = tables.probability(other);
          if (probability <= limit) {
            sum += probability;
          }
        }
        yield Math.min(1, sum);
      }
    };
  }

  /** The sample's odds ratio: hits · other misses / (misses · other hits). */
  public static Quantity oddsRatio(int hits, int rows, int otherHits, int otherRows) {
    check(hits, rows, otherHits, otherRows);
    return Quantity.ratio(
        (double) hits * (otherRows - otherHits),
        (double) (rows - hits) * otherHits,
        "the first group has no misses, or the second no hits");
  }

  private static void check(int hits, int rows, int otherHits, int otherRows) {
    Require.between("rows", rows, 0, MOST_ROWS);
    Require.between("other-rows", otherRows, 0, MOST_ROWS);
    Require.between("hits", hits, 0, rows);
    Require.between("other-hits", otherHits, 0, otherRows);
  }
}
