package dev.candor.statistics.fairness;

import dev.candor.statistics.Require;
import dev.candor.statistics.intervals.Measured;
import dev.candor.statistics.intervals.Shares;
import dev.candor.statistics.tests.PairedTests;
import java.util.List;

/**
 * The same cases twice, with nothing but a name or a pronoun exchanged: what should not matter, and
 * whether it does. It needs neither labels nor anybody's protected attribute.
 *
 * @param pairs how many
 * @param flips pairs that were decided differently
 * @param flipRate their share, with Wilson's interval
 * @param gained pairs in which only the exchanged case is decided favourably
 * @param lost pairs in which only the original is
 * @param mcNemar the p-value of the exact McNemar test of these two
 */
public record CounterfactualPairs(
    int pairs, int flips, Measured flipRate, int gained, int lost, double mcNemar) {

  /**
   * From decisions.
   *
   * @param original the decision of each case
   * @param swapped the decision of the same case with the names exchanged
   * @param favourable the decision that is good for the person
   */
  public static CounterfactualPairs of(
      List<String> original, List<String> swapped, String favourable, double confidence) {
    Require.notFewer("original", original.size(), 1);
    Require.sameLength("original", original.size(), "swapped", swapped.size());
    int flips = 0;
    int gained = 0;
    int lost = 0;
    for (int i = 0; i < original.size(); i++) {
      boolean before = original.get(i).equals(favourable);
      boolean after = swapped.get(i).equals(favourable);
      flips += original.get(i).equals(swapped.get(i)) ? 0 : 1;
      gained += after && !before ? 1 : 0;
      lost += before && !after ? 1 : 0;
    }
    return new CounterfactualPairs(
        original.size(),
        flips,
        Shares.of(flips, original.size(), Shares.Method.WILSON, confidence),
        gained,
        lost,
        PairedTests.mcNemar(gained, lost));
  }

  /**
   * How far scores move.
   *
   * @param meanAbsolute the mean of |swapped − original|
   * @param mean the mean of swapped − original
   * @param rises how many are more than 0
   * @param sign the p-value of the exact sign test of whether they move one way
   */
  public record Shift(double meanAbsolute, double mean, int rises, double sign) {}

  /**
   * From the log odds of the favourable decision.
   *
   * @param original of each case
   * @param swapped of the same case with the names exchanged
   */
  public static Shift shift(double[] original, double[] swapped) {
    Require.notFewer("original", original.length, 1);
    Require.sameLength("original", original.length, "swapped", swapped.length);
    Require.allFinite("original", original);
    Require.allFinite("swapped", swapped);
    double[] differences = new double[original.length];
    double sum = 0;
    double absolute = 0;
    for (int i = 0; i < differences.length; i++) {
      differences[i] = swapped[i] - original[i];
      sum += differences[i];
      absolute += Math.abs(differences[i]);
    }
    var sign = PairedTests.sign(differences);
    return new Shift(
        absolute / differences.length, sum / differences.length, (int) sign.statistic(), sign.p());
  }
}
