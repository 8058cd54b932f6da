package dev.candor.statistics.fairness;

import dev.candor.statistics.Require;

/**
 * How often a decision was what it should have been; weights where rows have them.
 *
 * @param truePositives should be positive, and were
 * @param falsePositives should be negative, and were positive
 * @param trueNegatives should be negative, and were
 * @param falseNegatives should be positive, and were negative
 */
public record Confusion(
    double truePositives, double falsePositives, double trueNegatives, double falseNegatives) {

  public static final Confusion NONE = new Confusion(0, 0, 0, 0);

  public Confusion {
    Require.atLeast("true positives", truePositives, 0);
    Require.atLeast("false positives", falsePositives, 0);
    Require.atLeast("true negatives", trueNegatives, 0);
    Require.atLeast("false negatives", falseNegatives, 0);
  }

  /** All of them. */
  public double rows() {
    return truePositives + falsePositives + trueNegatives + falseNegatives;
  }

  /** Of both. */
  public Confusion plus(Confusion other) {
    return new Confusion(
        truePositives + other.truePositives,
        falsePositives + other.falsePositives,
        trueNegatives + other.trueNegatives,
        falseNegatives + other.falseNegatives);
  }

  /** One row more. */
  Confusion plus(boolean label, boolean prediction, double weight) {
    return new Confusion(
        truePositives + (label && prediction ? weight : 0),
        falsePositives + (!label && prediction ? weight : 0),
        trueNegatives + (!label && !prediction ? weight : 0),
        falseNegatives + (label && !prediction ? weight : 0));
  }
}
