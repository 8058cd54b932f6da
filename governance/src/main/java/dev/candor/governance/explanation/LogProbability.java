package dev.candor.governance.explanation;

import java.util.Arrays;

/** Logarithms of probabilities that may be too small to be told from 0. */
final class LogProbability {

  private LogProbability() {}

  /** Natural logarithms; of 0 that of the smallest normal number, so that they can be compared. */
  static double[] of(double[] probabilities) {
    return Arrays.stream(probabilities)
        .map(p -> StrictMath.log(Math.max(p, Double.MIN_NORMAL)))
        .toArray();
  }
}
