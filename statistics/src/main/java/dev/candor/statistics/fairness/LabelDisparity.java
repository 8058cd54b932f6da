package dev.candor.statistics.fairness;

import dev.candor.statistics.Quantity;
import dev.candor.statistics.Require;
import java.util.SortedMap;

/**
 * How differently groups are represented and selected, in the definitions of AIF360 0.6. Rows are
 * decisions, or labels where a data set is looked at.
 */
public final class LabelDisparity {

  private LabelDisparity() {}

  /**
   * The class imbalance (N_u − N_p) / (N_u + N_p): negative where there are fewer unprivileged rows
   * than privileged ones.
   *
   * @param privileged N_p, rows or weights
   * @param unprivileged N_u
   */
  public static Quantity classImbalance(double privileged, double unprivileged) {
    Require.atLeast("privileged", privileged, 0);
    Require.atLeast("unprivileged", unprivileged, 0);
    return Quantity.ratio(
        unprivileged - privileged, unprivileged + privileged, "there are no rows at all");
  }

  /**
   * The conditional demographic disparity (Wachter et al. 2021): of each group its share of all
   * negative decisions less its share of all positive ones, as a mean weighted by the groups' rows.
   */
  public static Quantity conditionalDemographicDisparity(GroupOutcomes outcomes) {
    SortedMap<String, Confusion> groups = outcomes.groups();
    Confusion all = outcomes.overall();
    double positives = Rate.SELECTION.hits(all);
    double negatives = all.rows() - positives;
    if (positives == 0 || negatives == 0) {
      return Quantity.undefined("all decisions are the same");
    }
    double sum = 0;
    for (Confusion group : groups.values()) {
      double selected = Rate.SELECTION.hits(group);
      sum += group.rows() * ((group.rows() - selected) / negatives - selected / positives);
    }
    return Quantity.of(sum / all.rows());
  }
}
