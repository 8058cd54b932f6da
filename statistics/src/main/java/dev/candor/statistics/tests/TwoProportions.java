package dev.candor.statistics.tests;

import dev.candor.statistics.Require;
import java.util.Optional;
import org.apache.commons.statistics.distribution.NormalDistribution;

/** The z-test of two shares, with their pooled variance. */
public final class TwoProportions {

  private static final NormalDistribution NORMAL = NormalDistribution.of(0, 1);

  private TwoProportions() {}

  /**
   * z = (p − q) / √(m (1 − m) (1/n + 1/k)) with m the share of all rows together; without a
   * continuity correction.
   *
   * @param hits of n = {@code rows}
   * @param otherHits of k = {@code otherRows}
   * @return z and its p-value; nothing where all rows hit or none does, for then z is 0 / 0
   */
  public static Optional<TestResult> test(
      long hits, long rows, long otherHits, long otherRows, Alternative alternative) {
    Require.atLeast("rows", rows, 1);
    Require.atLeast("other-rows", otherRows, 1);
    Require.between("hits", hits, 0, rows);
    Require.between("other-hits", otherHits, 0, otherRows);
    double together = (hits + otherHits) / (double) (rows + otherRows);
    double variance = together * (1 - together) * (1.0 / rows + 1.0 / otherRows);
    if (variance == 0) {
      return Optional.empty();
    }
    double z = (hits / (double) rows - otherHits / (double) otherRows) / Math.sqrt(variance);
    return Optional.of(new TestResult(z, p(z, alternative)));
  }

  static double p(double z, Alternative alternative) {
    return switch (alternative) {
      case LESS -> NORMAL.cumulativeProbability(z);
      case GREATER -> NORMAL.survivalProbability(z);
      case TWO_SIDED -> Math.min(1, 2 * NORMAL.survivalProbability(Math.abs(z)));
    };
  }
}
