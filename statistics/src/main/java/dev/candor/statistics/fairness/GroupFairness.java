package dev.candor.statistics.fairness;

import dev.candor.statistics.Quantity;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;

/**
 * How far groups are apart, in the definitions of Fairlearn 0.15. A difference of 0 and a ratio of
 * 1 are parity. A statistic is undefined where a rate of one group is: that group is named.
 */
public final class GroupFairness {

  private GroupFairness() {}

  /**
   * How far a rate differs: the largest less the smallest, or the largest |group − all rows|.
   *
   * @return 0 to 1
   */
  public static Quantity difference(GroupOutcomes outcomes, Rate rate, Reference reference) {
    Collection<Quantity> rates = outcomes.rates(rate).values();
    return switch (reference) {
      case BETWEEN_GROUPS -> minus(Quantity.max(rates), Quantity.min(rates));
      case TO_OVERALL -> {
        List<Quantity> distances = new ArrayList<>();
        for (Quantity group : rates) {
          distances.add(minus(group, outcomes.overall(rate)).map(Math::abs));
        }
        yield Quantity.max(distances);
      }
    };
  }

  /**
   * The ratio of rates: the smallest to the largest, or the smallest of group / all rows and its
   * inverse.
   *
   * @return 0 to 1; undefined where every rate is 0
   */
  public static Quantity ratio(GroupOutcomes outcomes, Rate rate, Reference reference) {
    Collection<Quantity> rates = outcomes.rates(rate).values();
    String reason = "the " + rate.key() + " rate is 0 in every group, and 0 / 0 is no ratio";
    return switch (reference) {
      case BETWEEN_GROUPS -> over(Quantity.min(rates), Quantity.max(rates), reason);
      case TO_OVERALL -> {
        List<Quantity> ratios = new ArrayList<>();
        for (Quantity group : rates) {
          ratios.add(
              over(group, outcomes.overall(rate), reason)
                  .map(ratio -> ratio > 1 ? 1 / ratio : ratio));
        }
        yield Quantity.min(ratios);
      }
    };
  }

  /** The difference of selection rates. */
  public static Quantity demographicParityDifference(GroupOutcomes outcomes, Reference reference) {
    return difference(outcomes, Rate.SELECTION, reference);
  }

  /** The ratio of selection rates, of which 0.8 is the "four-fifths rule". */
  public static Quantity demographicParityRatio(GroupOutcomes outcomes, Reference reference) {
    return ratio(outcomes, Rate.SELECTION, reference);
  }

  /** The larger difference of true positive and false positive rates (Hardt et al. 2016). */
  public static Quantity equalisedOddsDifference(GroupOutcomes outcomes, Reference reference) {
    return Quantity.max(
        List.of(
            difference(outcomes, Rate.TRUE_POSITIVE, reference),
            difference(outcomes, Rate.FALSE_POSITIVE, reference)));
  }

  /** The smaller ratio of true positive and false positive rates. */
  public static Quantity equalisedOddsRatio(GroupOutcomes outcomes, Reference reference) {
    return Quantity.min(
        List.of(
            ratio(outcomes, Rate.TRUE_POSITIVE, reference),
            ratio(outcomes, Rate.FALSE_POSITIVE, reference)));
  }

  /** The difference of true positive rates (Hardt et al. 2016). */
  public static Quantity equalOpportunityDifference(GroupOutcomes outcomes, Reference reference) {
    return difference(outcomes, Rate.TRUE_POSITIVE, reference);
  }

  /** The ratio of true positive rates. */
  public static Quantity equalOpportunityRatio(GroupOutcomes outcomes, Reference reference) {
    return ratio(outcomes, Rate.TRUE_POSITIVE, reference);
  }

  private static Quantity minus(Quantity a, Quantity b) {
    return b instanceof Quantity.Undefined ? b : a.map(value -> value - b.value());
  }

  private static Quantity over(Quantity a, Quantity b, String reason) {
    if (!a.isDefined() || !b.isDefined()) {
      return a.isDefined() ? b : a;
    }
    return Quantity.ratio(a.value(), b.value(), reason);
  }
}
