package dev.candor.governance.fairness;

import dev.candor.governance.evidence.Verdict;
import dev.candor.statistics.Quantity;
import java.util.List;
import java.util.OptionalDouble;

/**
 * What a metric comes to, and what that means.
 *
 * @param view what the groups are of, or which of them this is about
 * @param between which groups are furthest apart, or what is held against what
 * @param metric what was measured
 * @param estimate of the rows
 * @param lower end of its interval
 * @param upper end of its interval
 * @param rows fewest of a group of those that the metric is about
 * @param p that so much or more is chance, corrected by Holm
 * @param judgements one for each limit that the plan sets to it; none if it sets none
 */
public record Finding(
    String view,
    String between,
    BiasMetric metric,
    Quantity estimate,
    Quantity lower,
    Quantity upper,
    long rows,
    OptionalDouble p,
    List<Judgement> judgements) {

  public Finding {
    judgements = List.copyOf(judgements);
  }

  /**
   * A limit, and whether it is kept to.
   *
   * @param required fewest rows of a group that would have shown a breach
   * @param reason in a sentence's half
   */
  public record Judgement(BiasLimit limit, long required, Verdict verdict, String reason) {}
}
