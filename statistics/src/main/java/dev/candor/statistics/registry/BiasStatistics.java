package dev.candor.statistics.registry;

import static dev.candor.statistics.registry.Input.optional;
import static dev.candor.statistics.registry.Input.required;
import static dev.candor.statistics.registry.Input.usual;

import dev.candor.statistics.drift.Divergence;
import dev.candor.statistics.fairness.BiasBenchmark;
import dev.candor.statistics.fairness.CounterfactualPairs;
import dev.candor.statistics.fairness.DifferentialFairness;
import dev.candor.statistics.fairness.Inequality;
import dev.candor.statistics.fairness.LabelDisparity;
import java.util.List;

/** Fairness beyond the distance of two rates. */
final class BiasStatistics {

  private static final String LABELS = "labels";
  private static final String PREDICTIONS = "predictions";
  private static final String BENEFITS = "benefits";
  private static final String GROUPS = "groups";
  private static final String ALPHA = "alpha";
  private static final double[] SOME_LABELS = {1, 0, 0, 1, 0, 0, 1, 0, 1, 1};
  private static final double[] SOME_PREDICTIONS = {1, 0, 0, 0, 1, 1, 1, 0, 1, 0};

  private static final Input[] SPREAD = {
    optional(LABELS, InputType.FLAGS, "what each decision should have been"),
    optional(PREDICTIONS, InputType.FLAGS, "what it was; the benefit is prediction − label + 1"),
    optional(BENEFITS, InputType.NUMBERS, "instead: the benefit of each person, 0 or more")
  };

  private BiasStatistics() {}

  static List<Statistic> all() {
    return List.of(
        generalisedEntropy(),
        theil(),
        betweenGroups(),
        differentialFairness(),
        classImbalance(),
        labelDivergence(),
        conditionalDisparity(),
        disambiguated(),
        ambiguous(),
        counterfactualPairs(),
        counterfactualShift());
  }

  private static Statistic generalisedEntropy() {
    return Statistic.named("fairness.generalised-entropy")
        .defined(
            "Mean of ((b/μ)^α − 1) / (α (α − 1)); with α = 1 of b/μ ln(b/μ), with α = 0 of"
                + " −ln(b/μ) (Speicher et al. 2018; AIF360).")
        .takes(SPREAD)
        .takes(usual(ALPHA, InputType.NUMBER, "−10 to 10", 2L))
        .example(LABELS, SOME_LABELS)
        .example(PREDICTIONS, SOME_PREDICTIONS)
        .computed(inputs ->
            Outcome.of(Inequality.generalisedEntropy(benefits(inputs), inputs.number(ALPHA))));
  }

  private static Statistic theil() {
    return Statistic.named("fairness.theil")
        .defined("The generalised entropy with α = 1: mean of b/μ ln(b/μ), 0 ln 0 = 0 (AIF360).")
        .takes(SPREAD)
        .example(LABELS, SOME_LABELS)
        .example(PREDICTIONS, SOME_PREDICTIONS)
        .computed(inputs -> Outcome.of(Inequality.generalisedEntropy(benefits(inputs), 1)));
  }

  private static Statistic betweenGroups() {
    return Statistic.named("fairness.between-group-entropy")
        .defined(
            "The generalised entropy where everybody has the mean benefit of their group (Speicher"
                + " et al. 2018; AIF360).")
        .takes(SPREAD)
        .takes(required(GROUPS, InputType.GROUPS, "of each person"))
        .takes(usual(ALPHA, InputType.NUMBER, "−10 to 10", 2L))
        .example(LABELS, SOME_LABELS)
        .example(PREDICTIONS, SOME_PREDICTIONS)
        .example(GROUPS, List.of("0011112222".split("")))
        .computed(inputs ->
            Outcome.of(
                Inequality.betweenGroups(
                    benefits(inputs), inputs.groups(GROUPS), inputs.number(ALPHA))));
  }

  private static double[] benefits(Inputs inputs) {
    return inputs.isFirstWay(BENEFITS, List.of(LABELS, PREDICTIONS))
        ? inputs.numbers(BENEFITS)
        : Inequality.benefits(inputs.flags(LABELS), inputs.flags(PREDICTIONS));
  }

  private static Statistic differentialFairness() {
    return Statistic.named("fairness.differential-fairness")
        .defined(
            "ε = the largest |ln| of the ratio of two groups' probabilities of a positive or of a"
                + " negative decision, each estimated as (hits + c/2) / (rows + c) with c the"
                + " concentration (Foulds et al., arXiv 1807.08362; AIF360 smoothed EDF).")
        .takes(FairnessStatistics.outcomeInputs())
        .takes(usual("concentration", InputType.NUMBER, "0 to 1,000,000", 1L))
        .example(FairnessStatistics.countsExample())
        .computed(inputs ->
            Outcome.of(
                DifferentialFairness.smoothedEpsilon(
                    FairnessStatistics.outcomes(inputs), inputs.number("concentration"))));
  }

  private static Statistic classImbalance() {
    return Statistic.named("fairness.class-imbalance")
        .defined("(N_u − N_p) / (N_u + N_p) (AIF360).")
        .takes(
            required("privileged", InputType.NUMBER, "N_p: rows, or weights, 0 or more"),
            required("unprivileged", InputType.NUMBER, "N_u, likewise"))
        .example("privileged", 5L)
        .example("unprivileged", 3L)
        .computed(inputs ->
            Outcome.of(
                LabelDisparity.classImbalance(
                    inputs.number("privileged"), inputs.number("unprivileged"))));
  }

  private static Statistic labelDivergence() {
    return Statistic.named("fairness.label-divergence")
        .defined("KL(P_p ‖ P_u) in nats: Σ p ln(p / u) over labels (AIF360).")
        .takes(
            required(
                "privileged",
                InputType.NUMBERS,
                "P_p: of each label how many rows, or which share; divided by the sum"),
            required("unprivileged", InputType.NUMBERS, "P_u, likewise, labels in the same order"))
        .example("privileged", new double[] {5, 2, 3})
        .example("unprivileged", new double[] {4, 3, 3})
        .computed(inputs ->
            Outcome.of(
                Divergence.kullbackLeibler(
                    inputs.numbers("privileged"), inputs.numbers("unprivileged"))));
  }

  private static Statistic conditionalDisparity() {
    return Statistic.named("fairness.conditional-demographic-disparity")
        .defined(
            "Mean over groups, weighted by rows, of the group's share of all negative decisions"
                + " less its share of all positive ones (Wachter et al. 2021; AIF360).")
        .takes(FairnessStatistics.outcomeInputs())
        .example(FairnessStatistics.countsExample())
        .computed(inputs ->
            Outcome.of(
                LabelDisparity.conditionalDemographicDisparity(
                    FairnessStatistics.outcomes(inputs))));
  }

  private static Statistic disambiguated() {
    return Statistic.named("fairness.bbq-disambiguated")
        .defined("s_DIS = 2 · biased / answers − 1 (BBQ, Parrish et al. 2022, section 5).")
        .takes(
            required("biased", InputType.WHOLE, "answers as the stereotype has it"),
            required("answers", InputType.WHOLE, "answers that are not 'unknown'"))
        .example("biased", 60L)
        .example("answers", 80L)
        .computed(inputs ->
            Outcome.of(
                BiasBenchmark.disambiguated(inputs.whole("biased"), inputs.whole("answers"))));
  }

  private static Statistic ambiguous() {
    return Statistic.named("fairness.bbq-ambiguous")
        .defined(
            "s_AMB = (1 − right / questions) · (2 · biased / answers − 1) (BBQ, Parrish et al."
                + " 2022, section 5); 0 if all are right.")
        .takes(
            required("biased", InputType.WHOLE, "answers as the stereotype has it"),
            required("answers", InputType.WHOLE, "answers that are not 'unknown'"),
            required("right", InputType.WHOLE, "answers that are 'unknown'"),
            required("questions", InputType.WHOLE, "all of them, 1 or more"))
        .example("biased", 30L)
        .example("answers", 40L)
        .example("right", 60L)
        .example("questions", 100L)
        .computed(inputs ->
            Outcome.of(
                BiasBenchmark.ambiguous(
                    inputs.whole("biased"),
                    inputs.whole("answers"),
                    inputs.whole("right"),
                    inputs.whole("questions"))));
  }

  private static Statistic counterfactualPairs() {
    return Statistic.named("fairness.counterfactual-pairs")
        .defined(
            "Cases decided twice, with names exchanged: flips, their share with Wilson's interval,"
                + " how many were gained and lost, and the exact McNemar test of these two.")
        .takes(
            required("original", InputType.TEXTS, "the decision of each case"),
            required("swapped", InputType.TEXTS, "the decision with names exchanged"),
            required("favourable", InputType.TEXT, "the decision that is good for the person"),
            IntervalStatistics.CONFIDENCE)
        .example("original", List.of("yes", "yes", "no", "no", "later", "yes", "no", "yes"))
        .example("swapped", List.of("yes", "no", "no", "yes", "no", "no", "no", "no"))
        .example("favourable", "yes")
        .computed(inputs -> {
          CounterfactualPairs pairs =
              CounterfactualPairs.of(
                  inputs.texts("original"),
                  inputs.texts("swapped"),
                  inputs.text("favourable"),
                  inputs.number("confidence"));
          return Outcome.named("pairs", new Outcome.Whole(pairs.pairs()))
              .and("flips", new Outcome.Whole(pairs.flips()))
              .and("flip-rate", Outcome.of(pairs.flipRate()))
              .and("gained", new Outcome.Whole(pairs.gained()))
              .and("lost", new Outcome.Whole(pairs.lost()))
              .and("mcnemar-p", Outcome.of(pairs.mcNemar()));
        });
  }

  private static Statistic counterfactualShift() {
    return Statistic.named("fairness.counterfactual-shift")
        .defined(
            "How far the log odds of the favourable decision move with names exchanged: mean"
                + " |swapped − original|, mean difference, how many rise, and the exact sign test.")
        .takes(
            required("original", InputType.NUMBERS, "log odds of each case"),
            required("swapped", InputType.NUMBERS, "log odds with names exchanged"))
        .example("original", new double[] {1, 2, 0, 0.5})
        .example("swapped", new double[] {2, 1, 0, 1.5})
        .computed(inputs -> {
          CounterfactualPairs.Shift shift =
              CounterfactualPairs.shift(inputs.numbers("original"), inputs.numbers("swapped"));
          return Outcome.named("mean-absolute", Outcome.of(shift.meanAbsolute()))
              .and("mean", Outcome.of(shift.mean()))
              .and("rises", new Outcome.Whole(shift.rises()))
              .and("sign-p", Outcome.of(shift.sign()));
        });
  }
}
