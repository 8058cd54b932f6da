package dev.candor.statistics.fairness;

import dev.candor.statistics.Quantity;
import dev.candor.statistics.Require;
import dev.candor.statistics.StatisticsException;
import java.util.Arrays;
import java.util.Collections;
import java.util.List;
import java.util.Map;
import java.util.SortedMap;
import java.util.TreeMap;

/** How decisions came out in each group, groups in the order of their names. */
public final class GroupOutcomes {

  /** Most groups, intersections included. */
  public static final int MOST_GROUPS = 10_000;

  private final SortedMap<String, Confusion> groups;
  private final boolean labelled;

  private GroupOutcomes(SortedMap<String, Confusion> groups, boolean labelled) {
    Require.notMore("groups", groups.size(), MOST_GROUPS);
    this.groups = Collections.unmodifiableSortedMap(new TreeMap<>(groups));
    this.labelled = labelled;
  }

  /** From counts of each group, or sums of weights. */
  public static GroupOutcomes ofCounts(Map<String, Confusion> groups) {
    Require.notFewer("groups", groups.size(), 1);
    return new GroupOutcomes(new TreeMap<>(groups), true);
  }

  /**
   * From rows.
   *
   * @param labels what each decision should have been
   * @param predictions what it was
   * @param groups whom it was about; see {@link Intersections} for several attributes
   */
  public static GroupOutcomes ofRows(boolean[] labels, boolean[] predictions, List<String> groups) {
    double[] weights = new double[predictions.length];
    Arrays.fill(weights, 1);
    return ofRows(labels, predictions, groups, weights);
  }

  /**
   * From rows that count so much each.
   *
   * @param weights 0 or more
   */
  public static GroupOutcomes ofRows(
      boolean[] labels, boolean[] predictions, List<String> groups, double[] weights) {
    Require.sameLength("labels", labels.length, "predictions", predictions.length);
    return new GroupOutcomes(counted(labels, predictions, groups, weights), true);
  }

  /**
   * From decisions of which nobody knows what they should have been: only selection rates exist.
   *
   * @param weights 0 or more
   */
  public static GroupOutcomes ofDecisions(
      boolean[] predictions, List<String> groups, double[] weights) {
    return new GroupOutcomes(
        counted(new boolean[predictions.length], predictions, groups, weights), false);
  }

  private static SortedMap<String, Confusion> counted(
      boolean[] labels, boolean[] predictions, List<String> groups, double[] weights) {
    Require.notFewer("predictions", predictions.length, 1);
    Require.sameLength("groups", groups.size(), "predictions", predictions.length);
    Require.sameLength("weights", weights.length, "predictions", predictions.length);
    Require.allAtLeast("weights", weights, 0);
    Map<String, double[]> cells = new TreeMap<>();
    for (int row = 0; row < predictions.length; row++) {
      int cell = (labels[row] ? 0 : 1) + (predictions[row] ? 0 : 2);
      cells.computeIfAbsent(groups.get(row), _ -> new double[4])[cell] += weights[row];
    }
    SortedMap<String, Confusion> counted = new TreeMap<>();
    cells.forEach(
        (group, cell) -> counted.put(group, new Confusion(cell[0], cell[1], cell[3], cell[2])));
    return counted;
  }

  /** The counts of each group, by its name. */
  public SortedMap<String, Confusion> groups() {
    return groups;
  }

  /** The counts of all groups together. */
  public Confusion overall() {
    Confusion sum = Confusion.NONE;
    for (Confusion confusion : groups.values()) {
      sum = sum.plus(confusion);
    }
    return sum;
  }

  /**
   * A rate of each group.
   *
   * @throws StatisticsException {@code statistics.labels-missing} if it needs what nobody knows
   */
  public SortedMap<String, Quantity> rates(Rate rate) {
    requireLabels(rate);
    SortedMap<String, Quantity> rates = new TreeMap<>();
    groups.forEach((name, counts) -> rates.put(name, rate.of(counts, "group " + name)));
    return rates;
  }

  /** A rate of all rows; see {@link #rates}. */
  public Quantity overall(Rate rate) {
    requireLabels(rate);
    return rate.of(overall(), "the data");
  }

  /** Whether it is known what decisions should have been. */
  public boolean isLabelled() {
    return labelled;
  }

  /** The same with other counts, as after a draw. */
  GroupOutcomes with(SortedMap<String, Confusion> drawn) {
    return new GroupOutcomes(drawn, labelled);
  }

  private void requireLabels(Rate rate) {
    if (rate.needsLabels() && !labelled) {
      throw new StatisticsException(
          "labels-missing",
          "the " + rate.key() + " rate needs labels: what the decisions should have been",
          "Give labels, or ask for the selection rate.");
    }
  }
}
