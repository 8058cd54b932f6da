package dev.candor.governance.explanation;

import dev.candor.governance.GovernanceException;
import java.util.OptionalInt;

/**
 * What is to be explained: why one label rather than another. As a number it is f = ln p(label) −
 * ln p(other), which is above 0 while the label is ahead.
 *
 * @param label that was chosen
 * @param other that it is held against
 */
public record Target(int label, int other) {

  /**
   * Why the most probable label rather than another.
   *
   * @param logProbabilities of two labels or more
   * @param asked the other one; if it is not said, the runner-up
   * @throws GovernanceException {@code governance.explanation-label} if the label that was asked
   *     for is the chosen one, or if there is no other
   */
  public static Target of(double[] logProbabilities, OptionalInt asked) {
    if (logProbabilities.length < 2) {
      throw new GovernanceException(
          "explanation-label",
          "there was one label only: nothing was chosen",
          "Explain decisions between two labels or more.");
    }
    int label = best(logProbabilities, -1);
    if (asked.isPresent() && asked.getAsInt() == label) {
      throw new GovernanceException(
          "explanation-label",
          "the label asked for is the one that was chosen",
          "Name another label, or none for the runner-up.");
    }
    return new Target(label, asked.orElseGet(() -> best(logProbabilities, label)));
  }

  /**
   * The place of the largest; of several the first.
   *
   * @param except a place that does not count; −1 if all do
   */
  static int best(double[] values, int except) {
    int best = except == 0 ? 1 : 0;
    for (int i = best + 1; i < values.length; i++) {
      best = i != except && values[i] > values[best] ? i : best;
    }
    return best;
  }

  /** f, in nats. */
  public double logOdds(double[] logProbabilities) {
    return logProbabilities[label] - logProbabilities[other];
  }

  /** The probability of the label if it is one of the two: 1 / (1 + e⁻ᶠ). */
  public double probability(double[] logProbabilities) {
    return 1 / (1 + StrictMath.exp(-logOdds(logProbabilities)));
  }
}
