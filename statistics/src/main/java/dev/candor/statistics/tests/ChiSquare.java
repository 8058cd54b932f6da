package dev.candor.statistics.tests;

import dev.candor.statistics.Require;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;
import org.apache.commons.statistics.distribution.ChiSquaredDistribution;

/** Pearson's χ² tests of counts, without a continuity correction. */
public final class ChiSquare {

  private ChiSquare() {}

  /**
   * Whether counts follow given shares: Σ (observed − expected)² / expected, where the expected
   * counts are scaled to as many rows as were observed; one degree of freedom less than categories.
   *
   * @param observed counts, 0 or more
   * @param expected counts or shares in the same order, more than 0
   */
  public static TestResult fit(double[] observed, double[] expected) {
    Require.notFewer("observed", observed.length, 2);
    Require.sameLength("observed", observed.length, "expected", expected.length);
    Require.allAtLeast("observed", observed, 0);
    Require.allAtLeast("expected", expected, Double.MIN_NORMAL);
    double scale = Arrays.stream(observed).sum() / Arrays.stream(expected).sum();
    Require.inside("the sum of observed", scale, 0, Double.POSITIVE_INFINITY);
    double sum = 0;
    for (int i = 0; i < observed.length; i++) {
      double miss = observed[i] - scale * expected[i];
      sum += miss * miss / (scale * expected[i]);
    }
    return new TestResult(sum, tail(sum, observed.length - 1));
  }

  /**
   * Whether the rows of a table have the same shares: Σ (observed − expected)² / expected with
   * expected = row sum · column sum / all; (rows − 1)(columns − 1) degrees of freedom. Rows and
   * columns without any count are left out.
   *
   * @param table rows of counts, all of one length
   * @return nothing if fewer than two rows or columns have counts
   */
  public static Optional<TestResult> independence(List<double[]> table) {
    Require.notFewer("table", table.size(), 2);
    int columns = table.getFirst().length;
    double[] columnSums = new double[columns];
    double[] rowSums = new double[table.size()];
    double all = 0;
    for (int row = 0; row < table.size(); row++) {
      double[] counts = table.get(row);
      Require.sameLength("table[" + row + "]", counts.length, "table[0]", columns);
      Require.allAtLeast("table[" + row + "]", counts, 0);
      for (int column = 0; column < columns; column++) {
        rowSums[row] += counts[column];
        columnSums[column] += counts[column];
        all += counts[column];
      }
    }
    long filledRows = Arrays.stream(rowSums).filter(sum -> sum > 0).count();
    long filledColumns = Arrays.stream(columnSums).filter(sum -> sum > 0).count();
    if (filledRows < 2 || filledColumns < 2) {
      return Optional.empty();
    }
    double sum = 0;
    for (int row = 0; row < table.size(); row++) {
      for (int column = 0; column < columns; column++) {
        double expected = rowSums[row] * columnSums[column] / all;
        if (expected > 0) {
          double miss = table.get(row)[column] - expected;
          sum += miss * miss / expected;
        }
      }
    }
    return Optional.of(new TestResult(sum, tail(sum, (filledRows - 1) * (filledColumns - 1))));
  }

  private static double tail(double sum, double degreesOfFreedom) {
    return ChiSquaredDistribution.of(degreesOfFreedom).survivalProbability(sum);
  }
}
