package dev.candor.statistics.fairness;

import dev.candor.statistics.Quantity;
import dev.candor.statistics.StatisticsException;
import dev.candor.statistics.intervals.Bootstrap;
import dev.candor.statistics.sampling.Redraw;
import java.util.Arrays;
import java.util.Map;
import java.util.SortedMap;
import java.util.SplittableRandom;
import java.util.TreeMap;
import java.util.function.Function;

/**
 * Bounds of a fairness statistic: the rows of each group are drawn again, so that groups keep their
 * sizes.
 */
public final class GroupBootstrap {

  private GroupBootstrap() {}

  /**
   * A statistic with its percentile interval.
   *
   * @param estimate of the rows themselves
   * @param lower undefined where the statistic is for any of the draws
   * @param upper undefined where the statistic is for any of the draws
   */
  public record Bounds(Quantity estimate, Quantity lower, Quantity upper) {}

  /**
   * Draws again and again.
   *
   * @param outcomes counts of rows, not weights
   * @throws StatisticsException {@code statistics.not-counts} if some are not whole
   */
  public static Bounds of(
      GroupOutcomes outcomes, Function<GroupOutcomes, Quantity> statistic, Bootstrap bootstrap) {
    Map<String, long[]> cells = new TreeMap<>();
    outcomes.groups().forEach((group, counts) -> cells.put(group, cells(group, counts)));
    SplittableRandom random = new SplittableRandom(bootstrap.seed());
    double[] drawn = new double[bootstrap.resamples()];
    int undefined = 0;
    for (int i = 0; i < drawn.length; i++) {
      SortedMap<String, Confusion> groups = new TreeMap<>();
      cells.forEach((group, counts) -> groups.put(group, confusion(Redraw.cells(random, counts))));
      switch (statistic.apply(outcomes.with(groups))) {
        case Quantity.Defined(double value) -> drawn[i] = value;
        case Quantity.Undefined _ -> undefined++;
      }
    }
    Quantity estimate = statistic.apply(outcomes);
    if (undefined > 0) {
      Quantity nothing =
          Quantity.undefined(
              "the statistic is undefined in " + undefined + " of " + drawn.length + " draws");
      return new Bounds(estimate, nothing, nothing);
    }
    Arrays.sort(drawn);
    return new Bounds(
        estimate,
        Quantity.of(Bootstrap.quantile(drawn, (1 - bootstrap.confidence()) / 2)),
        Quantity.of(Bootstrap.quantile(drawn, (1 + bootstrap.confidence()) / 2)));
  }

  private static long[] cells(String group, Confusion counts) {
    double[] given = {
      counts.truePositives(),
      counts.falsePositives(),
      counts.trueNegatives(),
      counts.falseNegatives()
    };
    long[] cells = new long[given.length];
    for (int i = 0; i < given.length; i++) {
      cells[i] = (long) given[i];
      if (cells[i] != given[i]) {
        throw new StatisticsException(
            "not-counts",
            "group " + group + " has " + given[i] + " rows in a cell",
            "Draw again from counts of rows; rows with weights cannot be drawn like this.");
      }
    }
    return cells;
  }

  private static Confusion confusion(long[] cells) {
    return new Confusion(cells[0], cells[1], cells[2], cells[3]);
  }
}
