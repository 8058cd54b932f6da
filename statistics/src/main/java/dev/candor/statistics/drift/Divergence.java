package dev.candor.statistics.drift;

import dev.candor.statistics.Require;

/**
 * How far two discrete distributions are apart. Inputs are counts, weights or shares of the same
 * categories in the same order, and are divided by their sums first.
 */
public final class Divergence {

  private Divergence() {}

  /**
   * The population stability index: Σ (c − r) ln(c / r), where shares below {@code epsilon} count
   * as that much and nothing is scaled again. Others fill zeros otherwise, which changes the value.
   *
   * @param epsilon more than 0, at most 0.1; 1e-4 is usual
   */
  public static double populationStability(double[] reference, double[] current, double epsilon) {
    Distribution.check(reference, current);
    Require.inside("epsilon", epsilon, 0, 0.1);
    double[] r = Distribution.of("reference", reference);
    double[] c = Distribution.of("current", current);
    double sum = 0;
    for (int i = 0; i < r.length; i++) {
      double now = Math.max(epsilon, c[i]);
      double then = Math.max(epsilon, r[i]);
      sum += (now - then) * StrictMath.log(now / then);
    }
    return sum;
  }

  /**
   * KL(reference ‖ current) in nats: Σ r ln(r / c).
   *
   * @return infinite where the reference has a category that is not there now
   */
  public static double kullbackLeibler(double[] reference, double[] current) {
    Distribution.check(reference, current);
    double[] r = Distribution.of("reference", reference);
    double[] c = Distribution.of("current", current);
    return relativeEntropy(r, c);
  }

  private static double relativeEntropy(double[] p, double[] q) {
    double sum = 0;
    for (int i = 0; i < p.length; i++) {
      sum += p[i] == 0 ? 0 : p[i] * StrictMath.log(p[i] / q[i]);
    }
    return Math.max(0, sum);
  }

  /**
   * The Jensen–Shannon distance: the root of the mean of KL(p ‖ m) and KL(q ‖ m), where m is the
   * mean of both (Endres and Schindelin 2003).
   *
   * @param base of the logarithm: e for nats, 2 for a distance of at most 1
   */
  public static double jensenShannon(double[] reference, double[] current, double base) {
    Distribution.check(reference, current);
    Require.inside("base", base, 1, 1000);
    double[] r = Distribution.of("reference", reference);
    double[] c = Distribution.of("current", current);
    double[] middle = new double[r.length];
    for (int i = 0; i < r.length; i++) {
      middle[i] = (r[i] + c[i]) / 2;
    }
    double nats = (relativeEntropy(r, middle) + relativeEntropy(c, middle)) / 2;
    return Math.sqrt(nats / StrictMath.log(base));
  }

  /** The total variation distance: half of Σ |r − c|. */
  public static double totalVariation(double[] reference, double[] current) {
    Distribution.check(reference, current);
    double[] r = Distribution.of("reference", reference);
    double[] c = Distribution.of("current", current);
    double sum = 0;
    for (int i = 0; i < r.length; i++) {
      sum += Math.abs(r[i] - c[i]);
    }
    return sum / 2;
  }

  /** The Hellinger distance: √(½ Σ (√r − √c)²), 0 to 1. */
  public static double hellinger(double[] reference, double[] current) {
    Distribution.check(reference, current);
    double[] r = Distribution.of("reference", reference);
    double[] c = Distribution.of("current", current);
    double sum = 0;
    for (int i = 0; i < r.length; i++) {
      double distance = Math.sqrt(r[i]) - Math.sqrt(c[i]);
      sum += distance * distance;
    }
    return Math.sqrt(sum / 2);
  }

  /** The L∞ distance: the largest |r − c|. */
  public static double largestDifference(double[] reference, double[] current) {
    Distribution.check(reference, current);
    double[] r = Distribution.of("reference", reference);
    double[] c = Distribution.of("current", current);
    double most = 0;
    for (int i = 0; i < r.length; i++) {
      most = Math.max(most, Math.abs(r[i] - c[i]));
    }
    return most;
  }
}
