package dev.candor.statistics.registry;

import static dev.candor.statistics.registry.Input.choice;
import static dev.candor.statistics.registry.Input.optional;
import static dev.candor.statistics.registry.Input.required;
import static dev.candor.statistics.registry.Input.usual;

import dev.candor.statistics.Quantity;
import dev.candor.statistics.StatisticsException;
import dev.candor.statistics.drift.Adwin;
import dev.candor.statistics.drift.Binning;
import dev.candor.statistics.drift.Divergence;
import dev.candor.statistics.drift.ExpectedPerformance;
import dev.candor.statistics.drift.PageHinkley;
import dev.candor.statistics.drift.SampleDistance;
import dev.candor.statistics.tests.TwoSamples;
import java.util.Arrays;
import java.util.List;
import java.util.function.BiFunction;

/** How far what is seen now is from what was seen then. */
final class DriftStatistics {

  private static final String REFERENCE = "reference";
  private static final String CURRENT = "current";
  private static final double[] THEN = {16, 18, 16, 14, 12, 12};
  private static final double[] NOW = {16, 16, 16, 16, 16, 8};
  private static final double[] A = {38.7, 41.5, 43.8, 44.5, 45.5, 46, 47.7, 58};
  private static final double[] B = {39.2, 39.3, 39.7, 41.4, 41.8, 42.9, 43.3, 45.8};

  private static final Input[] BINNED = {
    required(REFERENCE, InputType.SAMPLE, "as the input 'as' says"),
    required(CURRENT, InputType.SAMPLE, "likewise"),
    choice(
        "as",
        "what both are: counts of the same bins or categories (divided by their sums); categories,"
            + " a text for each row; values, a number for each row",
        List.of("counts", "categories", "values")),
    usual(
        "bins",
        InputType.WHOLE,
        "of values, 2 to 1,000: edges are the reference's quantiles of type 7, equal ones count"
            + " once, a value on an edge lies below it",
        10L)
  };

  private static final Input[] SAMPLES = {
    required(REFERENCE, InputType.NUMBERS, "the values then"),
    required(CURRENT, InputType.NUMBERS, "the values now")
  };

  private DriftStatistics() {}

  static List<Statistic> all() {
    return List.of(
        populationStability(),
        divergence(
            "kullback-leibler",
            "KL(reference ‖ current) in nats: Σ r ln(r / c); infinity where a c is 0 and its r is"
                + " not.",
            Divergence::kullbackLeibler),
        jensenShannon(),
        divergence("total-variation", "Half of Σ |r − c|, 0 to 1.", Divergence::totalVariation),
        divergence("hellinger", "√(½ Σ (√r − √c)²), 0 to 1.", Divergence::hellinger),
        divergence(
            "largest-difference",
            "L∞: the largest |r − c|, 0 to 1 (NannyML for categories).",
            Divergence::largestDifference),
        sample(
            "wasserstein",
            "W₁: the area between the two empirical distribution functions.",
            (then, now) -> Quantity.of(SampleDistance.wasserstein(then, now))),
        sample(
            "wasserstein-standardised",
            "W₁ divided by the reference's standard deviation (of n, not of n − 1).",
            SampleDistance::standardisedWasserstein),
        sample(
            "kolmogorov-smirnov",
            "D: the largest distance of the two empirical distribution functions; tests of it are"
                + " in tests.kolmogorov-smirnov.",
            (then, now) -> Quantity.of(TwoSamples.kolmogorovSmirnovDistance(then, now))),
        meanDiscrepancy(),
        adwin(),
        pageHinkley(),
        expectedPerformance());
  }

  private static Statistic populationStability() {
    return Statistic.named("drift.population-stability")
        .defined(
            "PSI: Σ (c − r) ln(c / r) of shares; a share below epsilon counts as epsilon, nothing"
                + " is scaled again.")
        .takes(BINNED)
        .takes(usual("epsilon", InputType.NUMBER, "more than 0, less than 0.1", 1e-4))
        .example(REFERENCE, THEN)
        .example(CURRENT, NOW)
        .computed(inputs -> {
          Binning.Counts counts = counts(inputs);
          return Outcome.of(
              Divergence.populationStability(
                  counts.reference(), counts.current(), inputs.number("epsilon")));
        });
  }

  private static Statistic jensenShannon() {
    return Statistic.named("drift.jensen-shannon")
        .defined(
            "The Jensen–Shannon distance: √(½ KL(r ‖ m) + ½ KL(c ‖ m)) with m = (r + c) / 2, in"
                + " nats or, with base 2, at most 1 (Endres and Schindelin 2003).")
        .takes(BINNED)
        .takes(choice("base", "of the logarithm", List.of("e", "2")))
        .example(REFERENCE, THEN)
        .example(CURRENT, NOW)
        .computed(inputs -> {
          Binning.Counts counts = counts(inputs);
          return Outcome.of(
              Divergence.jensenShannon(
                  counts.reference(),
                  counts.current(),
                  inputs.text("base").equals("2") ? 2 : Math.E));
        });
  }

  private static Statistic divergence(
      String name, String definition, BiFunction<double[], double[], Double> function) {
    return Statistic.named("drift." + name)
        .defined(definition)
        .takes(BINNED)
        .example(REFERENCE, THEN)
        .example(CURRENT, NOW)
        .computed(inputs -> {
          Binning.Counts counts = counts(inputs);
          return Outcome.of(function.apply(counts.reference(), counts.current()));
        });
  }

  private static Binning.Counts counts(Inputs inputs) {
    String as = inputs.text("as");
    if (as.equals("categories")) {
      return Binning.byCategory(inputs.texts(REFERENCE), inputs.texts(CURRENT));
    }
    if (inputs.isOfTexts(REFERENCE)) {
      throw new StatisticsException(
          "inputs-conflict",
          "reference is a list of texts, and 'as' is " + as,
          "Give \"as\": \"categories\" with texts.");
    }
    double[] then = inputs.numbers(REFERENCE);
    double[] now = inputs.numbers(CURRENT);
    return as.equals("values")
        ? Binning.byQuantiles(then, now, inputs.count("bins"))
        : new Binning.Counts(new double[0], then, now);
  }

  private static Statistic sample(
      String name, String definition, BiFunction<double[], double[], Quantity> function) {
    return Statistic.named("drift." + name)
        .defined(definition)
        .takes(SAMPLES)
        .example(REFERENCE, A)
        .example(CURRENT, B)
        .computed(inputs ->
            Outcome.of(function.apply(inputs.numbers(REFERENCE), inputs.numbers(CURRENT))));
  }

  private static Statistic meanDiscrepancy() {
    return Statistic.named("drift.mean-discrepancy")
        .defined(
            "Squared maximum mean discrepancy with the kernel exp(−‖x − y‖² / (2 σ²)) (Gretton et"
                + " al. 2012, lemma 6): unbiased, without pairs of a row with itself, or biased.")
        .takes(
            required(REFERENCE, InputType.TABLE, "rows then, two or more"),
            required(CURRENT, InputType.TABLE, "rows now; both together at most 10,000"),
            optional(
                "sigma",
                InputType.NUMBER,
                "σ, more than 0; if left out the median of all pairs' distances, for at most 5,000"
                    + " rows"),
            choice("estimator", "which", List.of("unbiased", "biased")))
        .example(
            REFERENCE,
            List.of(
                new double[] {0, 0}, new double[] {1, 0}, new double[] {0, 2}, new double[] {3, 1}))
        .example(CURRENT, List.of(new double[] {1, 1}, new double[] {2, 2}, new double[] {4, 0}))
        .example("sigma", 1.5)
        .computed(inputs -> {
          List<double[]> then = inputs.table(REFERENCE);
          List<double[]> now = inputs.table(CURRENT);
          boolean unbiased = inputs.text("estimator").equals("unbiased");
          Quantity sigma =
              inputs.has("sigma")
                  ? Quantity.of(inputs.number("sigma"))
                  : SampleDistance.medianDistance(then, now);
          return Outcome.named("sigma", Outcome.of(sigma))
              .and(
                  "squared-discrepancy",
                  Outcome.of(
                      sigma.map(width ->
                          SampleDistance.squaredMeanDiscrepancy(then, now, width, unbiased))));
        });
  }

  private static Statistic adwin() {
    return Statistic.named("drift.adwin")
        .defined(
            "ADWIN2 (Bifet and Gavaldà 2007) as in MOA and river: five buckets of each size, a look"
                + " at every 32nd value, parts of five values or more. Alarms: indices from 0;"
                + " width and mean: of the window at the end.")
        .takes(
            required("values", InputType.NUMBERS, "in their order"),
            usual("delta", InputType.NUMBER, "between 0 and 1", 0.002),
            usual(
                "restart",
                InputType.FLAG,
                "begin anew after an alarm as river does, not cut the window as MOA does",
                false))
        .example("values", steps())
        .computed(inputs -> {
          Adwin.Run run =
              Adwin.run(inputs.numbers("values"), inputs.number("delta"), inputs.flag("restart"));
          return Outcome.named("alarms", Outcome.listed(run.alarms()))
              .and("width", new Outcome.Whole(run.width()))
              .and("mean", Outcome.of(run.mean()));
        });
  }

  /** 50 times 0, then as often 1. */
  private static double[] steps() {
    double[] steps = new double[100];
    Arrays.fill(steps, 50, 100, 1);
    return steps;
  }

  private static Statistic pageHinkley() {
    return Statistic.named("drift.page-hinkley")
        .defined(
            "The Page–Hinkley test up and down, with the forgetting of river 0.26, anew after each"
                + " alarm: indices from 0.")
        .takes(
            required("values", InputType.NUMBERS, "in their order"),
            usual("least-values", InputType.WHOLE, "before any alarm, 1 or more", 30L),
            usual("tolerance", InputType.NUMBER, "what of a deviation does not count", 0.005),
            usual("threshold", InputType.NUMBER, "of the sum of deviations, more than 0", 50L),
            usual(
                "forgetting",
                InputType.NUMBER,
                "what of the sum is kept with each value, at most 1",
                PageHinkley.Settings.FORGETTING))
        .example("values", steps())
        .example("threshold", 10L)
        .computed(inputs ->
            Outcome.named(
                "alarms",
                Outcome.listed(
                    PageHinkley.alarms(
                        inputs.numbers("values"),
                        new PageHinkley.Settings(
                            inputs.count("least-values"),
                            inputs.number("tolerance"),
                            inputs.number("threshold"),
                            inputs.number("forgetting"))))));
  }

  private static Statistic expectedPerformance() {
    return Statistic.named("drift.expected-performance")
        .defined(
            "Confidence-based performance estimation (NannyML): from calibrated probabilities the"
                + " expected true and false positives and negatives, Σ p and Σ (1 − p) on either"
                + " side of the cut, and accuracy, precision, recall and F1 of these.")
        .takes(
            required("probabilities", InputType.NUMBERS, "of the positive class, 0 to 1"),
            usual("cut", InputType.NUMBER, "decisions are positive from it on, 0 to 1", 0.5))
        .example("probabilities", new double[] {0.9, 0.8, 0.7, 0.6, 0.4, 0.3, 0.2, 0.1})
        .computed(inputs -> {
          ExpectedPerformance expected =
              ExpectedPerformance.of(inputs.numbers("probabilities"), inputs.number("cut"));
          return Outcome.named("true-positives", Outcome.of(expected.truePositives()))
              .and("false-positives", Outcome.of(expected.falsePositives()))
              .and("false-negatives", Outcome.of(expected.falseNegatives()))
              .and("true-negatives", Outcome.of(expected.trueNegatives()))
              .and("accuracy", Outcome.of(expected.accuracy()))
              .and("precision", Outcome.of(expected.precision()))
              .and("recall", Outcome.of(expected.recall()))
              .and("f1", Outcome.of(expected.f1()));
        });
  }
}
