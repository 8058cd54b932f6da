package dev.candor.governance.explanation;

import java.util.List;

/**
 * How faithful an order of spans is to the model, as ERASER measures it (DeYoung et al., arXiv
 * 1911.03429, section 4), beside random orders of the same spans. Probabilities are those of the
 * label if it is one of the two of the {@link Target}.
 *
 * @param bins by the share of spans that count as reasons
 * @param comprehensiveness mean over the bins: what is lost without the reasons; more is better
 * @param sufficiency mean over the bins: what is lost with the reasons alone; less is better
 * @param orderings random orders that it was held against
 * @param asGood how many of them have a {@link #score} that is as high or higher
 * @param faithful whether chance does as well in at most 5 % of cases
 */
public record Fidelity(
    List<Bin> bins,
    double comprehensiveness,
    double sufficiency,
    int orderings,
    int asGood,
    boolean faithful) {

  /**
   * One of the shares.
   *
   * @param share of the spans, the first in the order, at least one
   * @param spans how many that are
   * @param comprehensiveness p(x) − p(x without them)
   * @param sufficiency p(x) − p(they alone)
   */
  public record Bin(double share, int spans, double comprehensiveness, double sufficiency) {}

  public Fidelity {
    bins = List.copyOf(bins);
  }

  /** What the reasons give alone less what is left without them, mean over the bins. */
  public double score() {
    return comprehensiveness - sufficiency;
  }

  /** How often chance does as well: (1 + asGood) / (1 + orderings). */
  public double chance() {
    return (1.0 + asGood) / (1.0 + orderings);
  }
}
