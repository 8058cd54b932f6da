package dev.candor.statistics.fairness;

import dev.candor.statistics.Quantity;
import java.util.Locale;
import java.util.function.ToDoubleFunction;

/** A share of the rows of a group. */
public enum Rate {
  /** Positive decisions of all rows. */
  SELECTION("rows", c -> c.truePositives() + c.falsePositives(), Confusion::rows),
  /** Rows that should be positive, of all rows. */
  BASE("rows", c -> c.truePositives() + c.falseNegatives(), Confusion::rows),
  /** Right decisions of all rows. */
  ACCURACY("rows", c -> c.truePositives() + c.trueNegatives(), Confusion::rows),
  /** TPR: positive decisions of those that should be. */
  TRUE_POSITIVE(
      "rows that should be positive",
      Confusion::truePositives,
      c -> c.truePositives() + c.falseNegatives()),
  /** FPR: positive decisions of those that should be negative. */
  FALSE_POSITIVE(
      "rows that should be negative",
      Confusion::falsePositives,
      c -> c.falsePositives() + c.trueNegatives()),
  /** FNR: negative decisions of those that should be positive. */
  FALSE_NEGATIVE(
      "rows that should be positive",
      Confusion::falseNegatives,
      c -> c.truePositives() + c.falseNegatives()),
  /** TNR: negative decisions of those that should be. */
  TRUE_NEGATIVE(
      "rows that should be negative",
      Confusion::trueNegatives,
      c -> c.falsePositives() + c.trueNegatives()),
  /** PPV: positive decisions that are right, of all positive decisions. */
  POSITIVE_PREDICTIVE_VALUE(
      "positive decisions", Confusion::truePositives, c -> c.truePositives() + c.falsePositives());

  private final String lacking;
  private final ToDoubleFunction<Confusion> hits;
  private final ToDoubleFunction<Confusion> of;

  Rate(String lacking, ToDoubleFunction<Confusion> hits, ToDoubleFunction<Confusion> of) {
    this.lacking = lacking;
    this.hits = hits;
    this.of = of;
  }

  /** As files call it: {@code true-positive}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Whether it can be computed without knowing what decisions should have been. */
  public boolean needsLabels() {
    return this != SELECTION;
  }

  /** Rows, or weights, that the rate counts. */
  public double hits(Confusion confusion) {
    return hits.applyAsDouble(confusion);
  }

  /** Rows, or weights, of which the rate is a share. */
  public double rows(Confusion confusion) {
    return of.applyAsDouble(confusion);
  }

  /**
   * The rate; undefined where it would be a share of nothing. (Fairlearn and scikit-learn say 0
   * there.)
   *
   * @param whose for the reason, such as {@code group b}
   */
  public Quantity of(Confusion confusion, String whose) {
    return Quantity.ratio(
        hits(confusion),
        rows(confusion),
        "of the " + key() + " rate: " + whose + " has no " + lacking);
  }
}
