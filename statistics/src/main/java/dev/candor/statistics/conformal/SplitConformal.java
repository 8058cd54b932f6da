package dev.candor.statistics.conformal;

import dev.candor.statistics.Quantity;
import dev.candor.statistics.Require;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.List;
import java.util.SortedMap;
import java.util.TreeMap;

/**
 * Split conformal prediction (Vovk, Gammerman and Shafer 2005; Angelopoulos and Bates, arXiv
 * 2107.07511): sets of answers that hold the right one with probability 1 − α or more, whatever the
 * model, as long as the new row and the calibration rows could be exchanged.
 *
 * <p>A score says how badly an answer fits: here 1 − its probability.
 */
public final class SplitConformal {

  private SplitConformal() {}

  /**
   * Which of n sorted scores is the quantile: ⌈(n + 1)(1 − α)⌉, with α taken as the decimal number
   * that it prints as, so that n = 9 and α = 0.1 give 9.
   *
   * @return 1 to n + 1; n + 1 means that n rows are too few
   */
  public static long rank(long rows, double alpha) {
    Require.atLeast("rows", rows, 0);
    Require.inside("alpha", alpha, 0, 1);
    return BigDecimal.ONE
        .subtract(BigDecimal.valueOf(alpha))
        .multiply(BigDecimal.valueOf(rows + 1))
        .setScale(0, RoundingMode.CEILING)
        .longValueExact();
  }

  /**
   * The quantile q: answers that score at most q are in the set.
   *
   * @param scores of the right answers of the calibration rows
   * @return infinite where there are too few: every answer is in the set
   */
  public static double quantile(double[] scores, double alpha) {
    Require.allFinite("scores", scores);
    long rank = rank(scores.length, alpha);
    if (rank > scores.length) {
      return Double.POSITIVE_INFINITY;
    }
    double[] sorted = scores.clone();
    Arrays.sort(sorted);
    return sorted[(int) rank - 1];
  }

  /**
   * A quantile for each group of its own rows alone (Mondrian): the promise holds in every group,
   * not on average alone.
   *
   * @param groups of each score
   */
  public static SortedMap<String, Double> quantiles(
      double[] scores, List<String> groups, double alpha) {
    Require.sameLength("scores", scores.length, "groups", groups.size());
    SortedMap<String, List<Double>> byGroup = new TreeMap<>();
    for (int i = 0; i < scores.length; i++) {
      byGroup.computeIfAbsent(groups.get(i), _ -> new ArrayList<>()).add(scores[i]);
    }
    SortedMap<String, Double> quantiles = new TreeMap<>();
    byGroup.forEach((group, own) ->
        quantiles.put(
            group, quantile(own.stream().mapToDouble(Double::doubleValue).toArray(), alpha)));
    return quantiles;
  }

  /**
   * The set of an answer's probabilities: all classes with 1 − p ≤ q.
   *
   * @param probabilities of the classes
   * @return classes, ascending; may be empty
   */
  public static List<Integer> set(double[] probabilities, double quantile) {
    Require.allBetween("probabilities", probabilities, 0, 1);
    List<Integer> set = new ArrayList<>();
    for (int k = 0; k < probabilities.length; k++) {
      if (1 - probabilities[k] <= quantile) {
        set.add(k);
      }
    }
    return List.copyOf(set);
  }

  /**
   * How well a score fits the calibration rows: (1 + rows that score at least as much) / (n + 1).
   */
  public static double pValue(double[] scores, double score) {
    Require.allFinite("scores", scores);
    long above = Arrays.stream(scores).filter(other -> other >= score).count();
    return (1 + above) / (scores.length + 1.0);
  }

  /** What coverage is promised: at least 1 − α, and at most this without equal scores. */
  public static double mostCoverage(long rows, double alpha) {
    return Math.min(1, rank(rows, alpha) / (rows + 1.0));
  }

  /**
   * What share of rows any method without assumptions must abstain on: (μ − α) / (1 − α), where the
   * model alone is wrong in a share μ (arXiv 2606.29054).
   *
   * @param error μ, 0 to 1
   * @return 0 where the model alone is good enough
   */
  public static double leastAbstention(double error, double alpha) {
    Require.between("error", error, 0, 1);
    Require.inside("alpha", alpha, 0, 1);
    return Math.max(0, (error - alpha) / (1 - alpha));
  }

  /**
   * Conformal risk control (Angelopoulos et al., arXiv 2208.02814, equation 4): the first setting
   * whose mean loss R over n rows has (n R + B) / (n + 1) ≤ α.
   *
   * @param risks mean losses of settings, from the boldest to the most careful; not rising
   * @param rows n
   * @param bound B, the largest loss a row can have
   * @return the index of the setting; undefined where none is careful enough
   */
  public static Quantity firstControlled(double[] risks, long rows, double bound, double alpha) {
    Require.notFewer("risks", risks.length, 1);
    Require.atLeast("rows", rows, 1);
    Require.inside("bound", bound, 0, 1e9);
    Require.inside("alpha", alpha, 0, bound);
    Require.allBetween("risks", risks, 0, bound);
    for (int i = 1; i < risks.length; i++) {
      Require.between("risks[" + i + "]", risks[i], 0, risks[i - 1]);
    }
    for (int i = 0; i < risks.length; i++) {
      if ((rows * risks[i] + bound) / (rows + 1) <= alpha) {
        return Quantity.of(i);
      }
    }
    return Quantity.undefined("no setting is careful enough for alpha with so many rows");
  }
}
