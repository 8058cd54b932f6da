package dev.candor.statistics.drift;

import dev.candor.statistics.Require;
import java.util.Arrays;

/** Shares of categories or bins that sum to 1. */
final class Distribution {

  private Distribution() {}

  /** From counts, weights or shares: each divided by the sum. */
  static double[] of(String name, double[] counts) {
    Require.notFewer(name, counts.length, 1);
    Require.allAtLeast(name, counts, 0);
    double sum = Require.inside("the sum of " + name, Arrays.stream(counts).sum(), 0, 1e300);
    return Arrays.stream(counts).map(count -> count / sum).toArray();
  }

  static void check(double[] reference, double[] current) {
    Require.sameLength("reference", reference.length, "current", current.length);
  }
}
