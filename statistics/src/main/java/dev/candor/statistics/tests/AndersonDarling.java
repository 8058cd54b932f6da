package dev.candor.statistics.tests;

import dev.candor.statistics.Quantity;
import dev.candor.statistics.Require;
import java.util.Arrays;

/**
 * The Anderson–Darling test of two samples (Scholz and Stephens, Journal of the American
 * Statistical Association 82, 1987, 918–924), in the form that allows for equal values.
 */
public final class AndersonDarling {

  private static final double[] LEVELS = {0.25, 0.1, 0.05, 0.025, 0.01, 0.005, 0.001};

  /** Table 2 there, with the two last levels as in SciPy: b₀ + b₁/√m + b₂/m with m = 1. */
  private static final double[] CRITICAL = {
    0.675 - 0.245 - 0.105,
    1.281 + 0.25 - 0.305,
    1.645 + 0.678 - 0.362,
    1.96 + 1.149 - 0.391,
    2.326 + 1.822 - 0.396,
    2.573 + 2.364 - 0.345,
    3.085 + 3.615 - 0.154
  };

  private AndersonDarling() {}

  /**
   * The standardised statistic, and the p-value between 0.001 and 0.25 by a parabola through ln of
   * the levels over the critical values; outside, the nearer bound, as nothing is tabulated there.
   *
   * @return an undefined statistic where all values are the same
   */
  public static Result test(double[] a, double[] b) {
    Require.notFewer("reference", a.length, 2);
    Require.notFewer("current", b.length, 2);
    Require.allFinite("reference", a);
    Require.allFinite("current", b);
    if (Ties.all(a, b)) {
      Quantity nothing = Quantity.undefined("all values of both samples are the same");
      return new Result(nothing, nothing);
    }
    double statistic = (raw(a, b) - 1) / Math.sqrt(variance(a.length, b.length));
    return new Result(Quantity.of(statistic), Quantity.of(p(statistic)));
  }

  /**
   * What the test says.
   *
   * @param statistic less its mean of 1, in deviations
   * @param p at least 0.001, at most 0.25
   */
  public record Result(Quantity statistic, Quantity p) {}

  /** Equation (7) there: A²akN with k = 2. */
  private static double raw(double[] a, double[] b) {
    double[] together = Ties.sorted(a, b);
    double[][] samples = {a.clone(), b.clone()};
    int all = together.length;
    double sum = 0;
    for (double[] sample : samples) {
      Arrays.sort(sample);
      double inner = 0;
      int below = 0;
      int sampleBelow = 0;
      while (below < all) {
        int through = through(together, below);
        int sampleThrough = sampleThrough(sample, sampleBelow, together[below]);
        double equal = through - below;
        double sampleEqual = sampleThrough - sampleBelow;
        double middle = below + equal / 2;
        double sampleMiddle = sampleBelow + sampleEqual / 2;
        double distance = all * sampleMiddle - middle * sample.length;
        double weight = middle * (all - middle) - all * equal / 4;
        if (weight != 0) {
          inner += equal / all * distance * distance / weight;
        }
        below = through;
        sampleBelow = sampleThrough;
      }
      sum += inner / sample.length;
    }
    return sum * (all - 1) / all;
  }

  private static int through(double[] sorted, int from) {
    int to = from;
    while (to < sorted.length && sorted[to] == sorted[from]) {
      to++;
    }
    return to;
  }

  private static int sampleThrough(double[] sorted, int from, double value) {
    int to = from;
    while (to < sorted.length && sorted[to] == value) {
      to++;
    }
    return to;
  }

  /** Equation (4) there with k = 2. */
  private static double variance(int first, int second) {
    int all = first + second;
    double inverse = 1.0 / first + 1.0 / second;
    double h = 0;
    for (int i = 1; i < all; i++) {
      h += 1.0 / i;
    }
    double g = 0;
    double tail = 0;
    for (int i = all - 2; i >= 1; i--) {
      tail += 1.0 / (i + 1);
      g += tail / (all - i);
    }
    double a = (4 * g - 6) + (10 - 6 * g) * inverse;
    double b = (2 * g - 4) * 4 + 16 * h + (2 * g - 14 * h - 4) * inverse - 8 * h + 4 * g - 6;
    double c = (6 * h + 2 * g - 2) * 4 + (4 * h - 4 * g + 6) * 2 + (2 * h - 6) * inverse + 4 * h;
    double d = (2 * h + 6) * 4 - 8 * h;
    double n = all;
    return (a * n * n * n + b * n * n + c * n + d) / ((n - 1) * (n - 2) * (n - 3));
  }

  private static double p(double statistic) {
    int last = CRITICAL.length - 1;
    if (statistic < CRITICAL[0]) {
      return LEVELS[0];
    }
    if (statistic > CRITICAL[last]) {
      return LEVELS[last];
    }
    double[] logs = Arrays.stream(LEVELS).map(StrictMath::log).toArray();
    return Math.clamp(
        StrictMath.exp(Parabola.through(CRITICAL, logs).at(statistic)), LEVELS[last], LEVELS[0]);
  }
}
