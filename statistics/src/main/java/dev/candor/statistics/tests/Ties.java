package dev.candor.statistics.tests;

import java.util.Arrays;

/** Equal values in two samples taken together. */
final class Ties {

  private Ties() {}

  /** Both samples, ascending. */
  static double[] sorted(double[] a, double[] b) {
    double[] together = Arrays.copyOf(a, a.length + b.length);
    System.arraycopy(b, 0, together, a.length, b.length);
    Arrays.sort(together);
    return together;
  }

  static boolean any(double[] a, double[] b) {
    double[] together = sorted(a, b);
    for (int i = 1; i < together.length; i++) {
      if (together[i - 1] == together[i]) {
        return true;
      }
    }
    return false;
  }

  static boolean all(double[] a, double[] b) {
    double[] together = sorted(a, b);
    return together[0] == together[together.length - 1];
  }
}
