package dev.candor.training.gates;

import org.apache.commons.statistics.distribution.NormalDistribution;
import org.apache.commons.statistics.inference.AlternativeHypothesis;
import org.apache.commons.statistics.inference.BinomialTest;
import org.apache.commons.statistics.interval.BinomialConfidenceInterval;
import org.apache.commons.statistics.interval.Interval;

/** Shares of rows that are right: of one model, and of two on the same rows. */
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
   * The exact McNemar test: how probable it is that so many rows or more speak for one of two
   * models that are equally good.
   *
   * @return the two-sided p-value; 1 if no row speaks for either
   */
  public static double mcNemar(int gained, int lost) {
    if (gained + lost == 0) {
      return 1;
    }
    // Twice the one tail, which is the same under one half. The library's two-sided test compares
    // the probabilities of both tails without a tolerance and leaves out equal ones: of 10 and 3 it
    // says 0.057, not 0.092 (version 1.2).
    double tail =
        BinomialTest.withDefaults()
            .with(AlternativeHypothesis.LESS_THAN)
            .test(gained + lost, Math.min(gained, lost), 0.5)
            .getPValue();
    return Math.min(1, 2 * tail);
  }
}
