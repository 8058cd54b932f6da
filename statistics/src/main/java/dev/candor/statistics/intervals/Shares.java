package dev.candor.statistics.intervals;

import dev.candor.statistics.Require;
import org.apache.commons.statistics.distribution.NormalDistribution;
import org.apache.commons.statistics.interval.BinomialConfidenceInterval;
import org.apache.commons.statistics.interval.Interval;

/** Shares of rows that are right: of some rows, of two answers to the same, and of two sets. */
public final class Shares {

  private Shares() {}

  /** How the interval of a share is computed. */
  public enum Method {
    /** Wilson 1927: on average the confidence asked for. */
    WILSON(BinomialConfidenceInterval.WILSON_SCORE),
    /** Clopper and Pearson 1934: never less than the confidence asked for, and wider. */
    CLOPPER_PEARSON(BinomialConfidenceInterval.CLOPPER_PEARSON);

    private final BinomialConfidenceInterval interval;

    Method(BinomialConfidenceInterval interval) {
      this.interval = interval;
    }
  }

  /**
   * The share of rows that are right.
   *
   * @param right how many
   * @param rows of how many, 1 or more
   * @param confidence of the two-sided interval, such as 0.95
   */
  public static Measured of(int right, int rows, Method method, double confidence) {
    Require.inside("confidence", confidence, 0, 1);
    Require.between("rows", rows, 1, Integer.MAX_VALUE);
    Require.between("right", right, 0, rows);
    Interval interval = method.interval.fromErrorRate(rows, right, 1 - confidence);
    return new Measured(
        right / (double) rows,
        Math.max(0, interval.getLowerBound()),
        Math.min(1, interval.getUpperBound()));
  }

  /**
   * How much more is right with one model than with another on the same rows: Tango's score
   * interval (Statistics in Medicine 17, 1998, 891–908), which is about a difference of 0 what
   * McNemar's test says.
   *
   * @param gained rows that only the first has right
   * @param lost rows that only the second has right
   * @param rows all of them, 1 or more
   * @return the difference of the shares, −1 to 1
   */
  public static Measured difference(int gained, int lost, int rows, double confidence) {
    Require.inside("confidence", confidence, 0, 1);
    Require.between("rows", rows, 1, Integer.MAX_VALUE);
    Require.between("gained", gained, 0, rows);
    Require.between("lost", lost, 0, rows - gained);
    double z = NormalDistribution.of(0, 1).inverseCumulativeProbability(0.5 + confidence / 2);
    double estimate = (gained - lost) / (double) rows;
    return new Measured(
        estimate,
        crossing(gained, lost, rows, z, -1, estimate),
        crossing(gained, lost, rows, -z, estimate, 1));
  }

  /** Where the score, which falls, has a value between two differences. */
  private static double crossing(
      int gained, int lost, int rows, double value, double least, double most) {
    double low = least;
    double high = most;
    for (int i = 0; i < 100; i++) {
      double middle = 0.5 * (low + high);
      if (score(gained, lost, rows, middle) > value) {
        low = middle;
      } else {
        high = middle;
      }
    }
    return 0.5 * (low + high);
  }

  /** Tango's equations (5) to (8): how far the counts are from a difference, in deviations. */
  private static double score(int gained, int lost, int rows, double difference) {
    double a = 2.0 * rows;
    double b = -gained - lost + (2.0 * rows - gained + lost) * difference;
    double c = -lost * difference * (1 - difference);
    double loss = (Math.sqrt(Math.max(0, b * b - 4 * a * c)) - b) / (2 * a);
    double variance = rows * (2 * loss + difference * (1 - difference));
    double distance = gained - lost - rows * difference;
    return distance == 0 ? 0 : distance / Math.sqrt(Math.max(variance, Double.MIN_NORMAL));
  }

  /**
   * How much larger one share is than another of other rows: Newcombe's hybrid score interval
   * without a continuity correction (Statistics in Medicine 17, 1998, 873–890, method 10).
   *
   * @param right how many of the first rows are right
   * @param rows of how many, 1 or more
   * @return the first share less the second, −1 to 1
   */
  public static Measured unpairedDifference(
      int right, int rows, int otherRight, int otherRows, double confidence) {
    Measured share = of(right, rows, Method.WILSON, confidence);
    Measured other = of(otherRight, otherRows, Method.WILSON, confidence);
    double estimate = share.estimate() - other.estimate();
    return new Measured(
        estimate,
        estimate - length(share.estimate() - share.lower(), other.upper() - other.estimate()),
        estimate + length(share.upper() - share.estimate(), other.estimate() - other.lower()));
  }

  private static double length(double a, double b) {
    return Math.sqrt(a * a + b * b);
  }
}
