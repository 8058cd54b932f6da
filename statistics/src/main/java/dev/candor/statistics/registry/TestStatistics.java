package dev.candor.statistics.registry;

import static dev.candor.statistics.registry.Input.choice;
import static dev.candor.statistics.registry.Input.required;
import static dev.candor.statistics.registry.Input.usual;

import dev.candor.statistics.tests.Alternative;
import dev.candor.statistics.tests.AndersonDarling;
import dev.candor.statistics.tests.ChiSquare;
import dev.candor.statistics.tests.FisherExact;
import dev.candor.statistics.tests.Holm;
import dev.candor.statistics.tests.PairedTests;
import dev.candor.statistics.tests.TestResult;
import dev.candor.statistics.tests.TwoProportions;
import dev.candor.statistics.tests.TwoSamples;
import java.util.Arrays;
import java.util.List;
import java.util.Optional;

/** Tests. */
final class TestStatistics {

  private static final double[] A = {38.7, 41.5, 43.8, 44.5, 45.5, 46, 47.7, 58};
  private static final double[] B = {39.2, 39.3, 39.7, 41.4, 41.8, 42.9, 43.3, 45.8};

  private static final Input[] SHARES = {
    required("hits", InputType.WHOLE, "of the first group, 0 to rows"),
    required("rows", InputType.WHOLE, "of the first group"),
    required("other-hits", InputType.WHOLE, "of the second group, 0 to other-rows"),
    required("other-rows", InputType.WHOLE, "of the second group"),
    choice(
        "alternative",
        "what the first share may be against the second",
        List.of("two-sided", "less", "greater"))
  };

  private static final Input[] SAMPLES = {
    required("reference", InputType.NUMBERS, "the first sample"),
    required("current", InputType.NUMBERS, "the second sample")
  };

  private TestStatistics() {}

  static List<Statistic> all() {
    return List.of(
        fisherExact(),
        twoProportions(),
        mcNemar(),
        sign(),
        kolmogorovSmirnov(),
        mannWhitney(),
        t(),
        andersonDarling(),
        fit(),
        independence(),
        holm());
  }

  private static Statistic fisherExact() {
    return Statistic.named("tests.fisher-exact")
        .defined(
            "Fisher's exact test: p of all tables with the same sums that are at most as probable"
                + " as this one (equal to 1e-7 counts as equal, as in R), or of the one tail; and"
                + " the sample's odds ratio. At most 5,000,000 rows of each group.")
        .takes(SHARES)
        .example("hits", 48L)
        .example("rows", 80L)
        .example("other-hits", 12L)
        .example("other-rows", 40L)
        .computed(inputs -> {
          int hits = inputs.count("hits");
          int rows = inputs.count("rows");
          int otherHits = inputs.count("other-hits");
          int otherRows = inputs.count("other-rows");
          return Outcome.named(
                  "odds-ratio", Outcome.of(FisherExact.oddsRatio(hits, rows, otherHits, otherRows)))
              .and(
                  "p",
                  Outcome.of(FisherExact.p(hits, rows, otherHits, otherRows, alternative(inputs))));
        });
  }

  private static Statistic twoProportions() {
    return Statistic.named("tests.two-proportions")
        .defined(
            "z = (p − q) / √(m (1 − m) (1/n + 1/k)) with m the share of all rows together, without"
                + " a continuity correction; normal p-value.")
        .takes(SHARES)
        .example("hits", 48L)
        .example("rows", 80L)
        .example("other-hits", 12L)
        .example("other-rows", 40L)
        .computed(inputs ->
            result(
                TwoProportions.test(
                    inputs.whole("hits"),
                    inputs.whole("rows"),
                    inputs.whole("other-hits"),
                    inputs.whole("other-rows"),
                    alternative(inputs)),
                "all rows hit or none does, and z is 0 / 0"));
  }

  private static Alternative alternative(Inputs inputs) {
    return switch (inputs.text("alternative")) {
      case "less" -> Alternative.LESS;
      case "greater" -> Alternative.GREATER;
      default -> Alternative.TWO_SIDED;
    };
  }

  private static Statistic mcNemar() {
    return Statistic.named("tests.mcnemar")
        .defined(
            "The exact McNemar test: twice the binomial tail of the smaller count under one half,"
                + " at most 1.")
        .takes(
            required("gained", InputType.WHOLE, "rows that only the first has right"),
            required("lost", InputType.WHOLE, "rows that only the second has right"))
        .example("gained", 86L)
        .example("lost", 150L)
        .computed(inputs ->
            Outcome.named(
                "p",
                Outcome.of(PairedTests.mcNemar(inputs.count("gained"), inputs.count("lost")))));
  }

  private static Statistic sign() {
    return Statistic.named("tests.sign")
        .defined(
            "The exact sign test (Dixon and Mood 1946): the number of positive differences, and"
                + " twice the binomial tail of the rarer sign under one half, at most 1; zeros are"
                + " left out.")
        .takes(required("differences", InputType.NUMBERS, "of pairs"))
        .example("differences", new double[] {1, 2, 0, 3, -1, 4, 5, 6})
        .computed(inputs -> Outcome.of(PairedTests.sign(inputs.numbers("differences"))));
  }

  private static Input method(String... more) {
    return choice("method", "how p is computed", List.of(more));
  }

  private static TwoSamples.Method method(Inputs inputs) {
    return inputs.text("method").equals("exact")
        ? TwoSamples.Method.EXACT
        : TwoSamples.Method.ASYMPTOTIC;
  }

  private static Statistic kolmogorovSmirnov() {
    return Statistic.named("tests.kolmogorov-smirnov")
        .defined(
            "D = largest distance of the two empirical distribution functions, two-sided p. Exact:"
                + " of all orders of both samples, at most 5,000 values each. Asymptotic: the law"
                + " of D of one sample of n·k / (n + k) values, rounded (SciPy).")
        .takes(SAMPLES)
        .takes(method("exact", "asymptotic"))
        .example("reference", A)
        .example("current", B)
        .computed(inputs ->
            Outcome.of(
                TwoSamples.kolmogorovSmirnov(
                    inputs.numbers("reference"), inputs.numbers("current"), method(inputs))));
  }

  private static Statistic mannWhitney() {
    return Statistic.named("tests.mann-whitney")
        .defined(
            "U = pairs in which the reference's value is larger, equal ones as one half; two-sided"
                + " p. Exact: without equal values, at most 50 each. Asymptotic: normal, with"
                + " the corrections for equal values and for continuity (SciPy).")
        .takes(SAMPLES)
        .takes(method("asymptotic", "exact"))
        .example("reference", A)
        .example("current", B)
        .computed(inputs ->
            result(
                TwoSamples.mannWhitney(
                    inputs.numbers("reference"), inputs.numbers("current"), method(inputs)),
                "equal values allow no p-value by this method"));
  }

  private static Statistic t() {
    return Statistic.named("tests.t")
        .defined("The two-sided t-test of two means: Student's with pooled variance, or Welch's.")
        .takes(SAMPLES)
        .takes(choice("variance", "of both laws", List.of("pooled", "separate")))
        .example("reference", A)
        .example("current", B)
        .computed(inputs ->
            result(
                TwoSamples.t(
                    inputs.numbers("reference"),
                    inputs.numbers("current"),
                    inputs.text("variance").equals("pooled")),
                "neither sample varies"));
  }

  private static Statistic andersonDarling() {
    return Statistic.named("tests.anderson-darling")
        .defined(
            "The two-sample Anderson–Darling test in the form that allows for equal values"
                + " (Scholz and Stephens 1987, A²akN, standardised); p by a parabola through ln of"
                + " the tabulated levels, not below 0.001 and not above 0.25 (SciPy, midrank).")
        .takes(SAMPLES)
        .example("reference", A)
        .example("current", B)
        .computed(inputs -> {
          AndersonDarling.Result result =
              AndersonDarling.test(inputs.numbers("reference"), inputs.numbers("current"));
          return Outcome.named("statistic", Outcome.of(result.statistic()))
              .and("p", Outcome.of(result.p()));
        });
  }

  private static Statistic fit() {
    return Statistic.named("tests.chi-square-fit")
        .defined(
            "Pearson's χ² of observed counts against expected ones, which are scaled to the same"
                + " sum; one degree of freedom less than categories.")
        .takes(
            required("observed", InputType.NUMBERS, "counts, 0 or more"),
            required("expected", InputType.NUMBERS, "counts or shares, more than 0"))
        .example("observed", new double[] {16, 16, 16, 16, 16, 8})
        .example("expected", new double[] {16, 18, 16, 14, 12, 12})
        .computed(inputs ->
            Outcome.of(ChiSquare.fit(inputs.numbers("observed"), inputs.numbers("expected"))));
  }

  private static Statistic independence() {
    return Statistic.named("tests.chi-square-independence")
        .defined(
            "Pearson's χ² of a table against the products of its sums, (rows − 1)(columns − 1)"
                + " degrees of freedom, without Yates' correction; empty rows and columns are left"
                + " out.")
        .takes(required("table", InputType.TABLE, "counts, 0 or more; two rows or more"))
        .example("table", List.of(new double[] {10, 20, 30}, new double[] {6, 9, 17}))
        .computed(inputs ->
            result(
                ChiSquare.independence(inputs.table("table")),
                "fewer than two rows or columns have counts"));
  }

  private static Statistic holm() {
    return Statistic.named("tests.holm")
        .defined(
            "Adjusted p-values of several tests: the k-th smallest of m times m − k + 1, not less"
                + " than those of smaller ones, at most 1 (Holm 1979); and how many are at most"
                + " alpha.")
        .takes(
            required("p", InputType.NUMBERS, "0 to 1"),
            usual("alpha", InputType.NUMBER, "0 to 1", 0.05))
        .example("p", new double[] {0.01, 0.04, 0.03, 0.005, 0.5})
        .computed(inputs -> {
          double[] adjusted = Holm.adjusted(inputs.numbers("p"));
          double alpha = inputs.number("alpha");
          long rejected = Arrays.stream(adjusted).filter(p -> p <= alpha).count();
          return Outcome.named("adjusted", Outcome.listed(adjusted))
              .and("rejected", new Outcome.Whole(rejected));
        });
  }

  private static Outcome result(Optional<TestResult> result, String reason) {
    return result.<Outcome>map(Outcome::of).orElseGet(() -> Outcome.undefined(reason));
  }
}
