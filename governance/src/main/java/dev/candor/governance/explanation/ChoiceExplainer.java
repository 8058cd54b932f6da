package dev.candor.governance.explanation;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.PlainText;
import java.util.List;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.function.Supplier;
import java.util.stream.DoubleStream;

/** Explains a choice from labels with a scorer, whatever model is behind it. */
final class ChoiceExplainer {

  /** Pairs of orders of sampled Shapley values. */
  private static final int PAIRS = 16;

  private final ExplanationRequest request;
  private final List<String> labels;
  private final double[] probabilities;
  private final Target target;
  private final OptionalInt wanted;

  /**
   * @param probabilities of the labels, as they were decided
   * @throws GovernanceException {@code governance.explanation-label}
   */
  ChoiceExplainer(ExplanationRequest request, List<String> labels, List<Double> probabilities) {
    this.request = request;
    this.labels = labels;
    this.probabilities = probabilities.stream().mapToDouble(Double::doubleValue).toArray();
    this.wanted = wanted(request.ratherThan(), labels);
    this.target = Target.of(LogProbability.of(this.probabilities), wanted);
  }

  private static OptionalInt wanted(Optional<String> label, List<String> labels) {
    if (label.isEmpty()) {
      return OptionalInt.empty();
    }
    int place = labels.indexOf(label.get());
    if (place < 0) {
      throw new GovernanceException(
          "explanation-label",
          "there was no label '" + PlainText.shown(label.get()) + "' to choose",
          "The labels were: " + PlainText.shown(String.join(", ", labels)) + ".");
    }
    return OptionalInt.of(place);
  }

  /** What is told where nothing can be tested. */
  ChoiceExplanation withheld(SpanText text, Withheld why) {
    return explanation(
        Status.WITHHELD,
        text,
        Optional.of(why),
        Optional.empty(),
        Optional.empty(),
        Optional.empty(),
        new Cost(0, 0, 0));
  }

  /**
   * Explains.
   *
   * @param texts what the model thinks of other texts
   * @param decider decides in full what is told as a counterfactual
   * @param cost what the scorer has taken
   * @throws GovernanceException {@code governance.explanation-differs} if the scorer does not think
   *     of the text what was decided
   */
  ChoiceExplanation explain(
      SpanText text, TextScorer texts, CounterfactualSearch.Decider decider, Supplier<Cost> cost) {
    RememberingScorer scorer = new RememberingScorer(texts.of(text, Removal.DELETE));
    int spans = scorer.spans();
    requireSame(texts.logProbabilities(List.of(text.text())).getFirst());
    Optional<Counterfactual> counterfactual =
        new CounterfactualSearch(text, texts, decider, target, wanted, request.alternatives())
            .find();
    if (spans < FidelityTest.FEWEST_SPANS) {
      return explanation(
          Status.WITHHELD,
          text,
          Optional.of(Withheld.TOO_FEW_SPANS),
          Optional.empty(),
          Optional.empty(),
          counterfactual,
          cost.get());
    }
    Attribution occlusion = Occlusion.of(scorer, target);
    Attribution attribution =
        request.method() == Attribution.Method.OCCLUSION
            ? occlusion
            : new ShapleySampling(PAIRS, request.seed()).of(scorer, target);
    Fidelity fidelity =
        new FidelityTest(FidelityTest.FEWEST_ORDERINGS, request.seed())
            .of(scorer, target, attribution.ordering());
    Optional<ChoiceExplanation.Reasons> reasons =
        fidelity.faithful()
            ? Optional.of(reasons(text, texts, scorer, occlusion, attribution))
            : Optional.empty();
    return explanation(
        fidelity.faithful() ? Status.FAITHFUL : Status.NOT_FAITHFUL,
        text,
        Optional.empty(),
        reasons,
        Optional.of(fidelity),
        counterfactual,
        cost.get());
  }

  private ChoiceExplanation.Reasons reasons(
      SpanText text,
      TextScorer texts,
      Scorer scorer,
      Attribution occlusion,
      Attribution attribution) {
    Attribution placeholders = Occlusion.of(texts.of(text, Removal.PLACEHOLDER), target);
    return new ChoiceExplanation.Reasons(
        attribution,
        RankCorrelation.of(occlusion.values(), placeholders.values()),
        occlusion.ordering().getFirst().equals(placeholders.ordering().getFirst()),
        Occlusion.redundancies(scorer, target, occlusion));
  }

  /** The numbers repeat to the bit: whatever differs is not what was decided. */
  private void requireSame(double[] logProbabilities) {
    double[] decided = LogProbability.of(probabilities);
    for (int i = 0; i < decided.length; i++) {
      if (Double.compare(decided[i], logProbabilities[i]) != 0) {
        throw new GovernanceException(
            "explanation-differs",
            "the model does not give the probabilities that were decided on",
            "Replay the decision: candor replay says what has changed.");
      }
    }
  }

  private ChoiceExplanation explanation(
      Status status,
      SpanText text,
      Optional<Withheld> withheld,
      Optional<ChoiceExplanation.Reasons> reasons,
      Optional<Fidelity> fidelity,
      Optional<Counterfactual> counterfactual,
      Cost cost) {
    return new ChoiceExplanation(
        status,
        Optional.empty(),
        text,
        labels,
        DoubleStream.of(probabilities).boxed().toList(),
        target,
        withheld,
        reasons,
        fidelity,
        counterfactual,
        Optional.empty(),
        cost);
  }
}
