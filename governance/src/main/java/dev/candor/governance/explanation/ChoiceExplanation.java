package dev.candor.governance.explanation;

import dev.candor.governance.confidence.Confidence;
import java.util.List;
import java.util.Optional;

/**
 * Why one of some labels was chosen rather than another.
 *
 * @param field JSON pointer of the value that was chosen, if it is a part of an answer
 * @param divided the text and its spans
 * @param labels as they were offered
 * @param probabilities of each
 * @param target which label, and against which other
 * @param withheld why it is withheld, exactly if it is
 * @param reasons what carried the decision, exactly if the explanation is faithful
 * @param fidelity how it was tested; not if it is withheld
 * @param counterfactual a smallest edit that gives another label, if one was found
 * @param confidence what the probabilities are worth, if the question was calibrated
 * @param cost what it took
 */
public record ChoiceExplanation(
    Status status,
    Optional<String> field,
    SpanText divided,
    List<String> labels,
    List<Double> probabilities,
    Target target,
    Optional<Withheld> withheld,
    Optional<Reasons> reasons,
    Optional<Fidelity> fidelity,
    Optional<Counterfactual> counterfactual,
    Optional<Confidence> confidence,
    Cost cost)
    implements Explanation {

  /**
   * What carried the decision.
   *
   * @param attribution what each span carries
   * @param agreement of the two ways to leave a span out: Spearman's ρ between what spans carry
   * @param sameFirst whether both name the same span first
   * @param redundancies spans that say the same again
   */
  public record Reasons(
      Attribution attribution,
      double agreement,
      boolean sameFirst,
      List<Occlusion.Redundancy> redundancies) {

    public Reasons {
      redundancies = List.copyOf(redundancies);
    }
  }

  public ChoiceExplanation {
    labels = List.copyOf(labels);
    probabilities = List.copyOf(probabilities);
    if (reasons.isPresent() != (status == Status.FAITHFUL)
        || withheld.isPresent() != (status == Status.WITHHELD)) {
      throw new IllegalArgumentException("reasons go with FAITHFUL alone, not with " + status);
    }
  }

  @Override
  public String text() {
    return divided.text();
  }

  /** The same, with what the probabilities are worth. */
  ChoiceExplanation with(Confidence worth) {
    return new ChoiceExplanation(
        status,
        field,
        divided,
        labels,
        probabilities,
        target,
        withheld,
        reasons,
        fidelity,
        counterfactual,
        Optional.of(worth),
        cost);
  }

  /** The same, as that of a field of an answer; of the whole answer if the name is empty. */
  ChoiceExplanation of(String name) {
    return new ChoiceExplanation(
        status,
        name.isEmpty() ? Optional.empty() : Optional.of(name),
        divided,
        labels,
        probabilities,
        target,
        withheld,
        reasons,
        fidelity,
        counterfactual,
        confidence,
        cost);
  }

  /** The label that was chosen. */
  public String label() {
    return labels.get(target.label());
  }

  /** The label that it is held against. */
  public String other() {
    return labels.get(target.other());
  }
}
