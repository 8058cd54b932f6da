package dev.candor.statistics.tests;

import dev.candor.statistics.AscendingOrder;
import dev.candor.statistics.Require;

/** Several tests at once (Holm, Scandinavian Journal of Statistics 6, 1979, 65–70). */
public final class Holm {

  private Holm() {}

  /**
   * Adjusted p-values: the k-th smallest of m, times m − k + 1, but not less than those of smaller
   * ones and at most 1. Where each is held against α, the probability of any false alarm is at most
   * α, whatever the tests have to do with each other.
   *
   * @param p of each test
   * @return in the same order
   */
  public static double[] adjusted(double[] p) {
    Require.allBetween("p", p, 0, 1);
    int[] order = AscendingOrder.of(p);
    double[] adjusted = new double[p.length];
    double most = 0;
    for (int k = 0; k < order.length; k++) {
      most = Math.max(most, Math.min(1, (p.length - k) * p[order[k]]));
      adjusted[order[k]] = most;
    }
    return adjusted;
  }
}
