package dev.candor.statistics.registry;

import static dev.candor.statistics.registry.Input.choice;
import static dev.candor.statistics.registry.Input.required;
import static dev.candor.statistics.registry.Input.usual;

import dev.candor.statistics.Require;
import dev.candor.statistics.intervals.Bootstrap;
import dev.candor.statistics.intervals.Shares;
import dev.candor.statistics.sampling.SampleSize;
import java.util.List;

/** Quantities with their bounds, and how many rows are needed. */
final class IntervalStatistics {

  /** Most rows times resamples. */
  private static final long MOST_DRAWS = 2_000_000_000L;

  static final Input CONFIDENCE =
      usual("confidence", InputType.NUMBER, "of the two-sided interval, between 0 and 1", 0.95);

  static final Input[] BOOTSTRAP = {
    usual(
        "resamples",
        InputType.WHOLE,
        "1 to 1,000,000; rows times resamples at most 2,000,000,000",
        2000L),
    usual("seed", InputType.WHOLE, "of the draws", 1L),
    CONFIDENCE
  };

  private static final Input ALPHA =
      usual("alpha", InputType.NUMBER, "of the two-sided test, between 0 and 1", 0.05);

  private IntervalStatistics() {}

  static List<Statistic> all() {
    return List.of(
        share(), difference(), pairedDifference(), mean(), twoShares(), power(), withoutFailure());
  }

  static Bootstrap bootstrap(Inputs inputs) {
    return new Bootstrap(
        inputs.count("resamples"), inputs.whole("seed"), inputs.number("confidence"));
  }

  static void limit(double rows, Bootstrap bootstrap) {
    Require.notMore("rows times resamples", (long) (rows * bootstrap.resamples()), MOST_DRAWS);
  }

  private static Statistic share() {
    return Statistic.named("intervals.share")
        .defined(
            "right / rows with its two-sided interval: Wilson's score interval (1927), or the"
                + " exact one of Clopper and Pearson (1934).")
        .takes(
            required("right", InputType.WHOLE, "0 to rows"),
            required("rows", InputType.WHOLE, "1 or more"),
            choice("method", "of the interval", List.of("wilson", "clopper-pearson")),
            CONFIDENCE)
        .example("right", 81L)
        .example("rows", 263L)
        .computed(inputs ->
            Outcome.of(
                Shares.of(
                    inputs.count("right"),
                    inputs.count("rows"),
                    inputs.text("method").equals("wilson")
                        ? Shares.Method.WILSON
                        : Shares.Method.CLOPPER_PEARSON,
                    inputs.number("confidence"))));
  }

  private static Statistic difference() {
    return Statistic.named("intervals.difference")
        .defined(
            "right / rows − other-right / other-rows of different rows, with Newcombe's hybrid"
                + " score interval (Statistics in Medicine 17, 1998, 873–890, method 10).")
        .takes(
            required("right", InputType.WHOLE, "0 to rows"),
            required("rows", InputType.WHOLE, "1 or more"),
            required("other-right", InputType.WHOLE, "0 to other-rows"),
            required("other-rows", InputType.WHOLE, "1 or more"),
            CONFIDENCE)
        .example("right", 56L)
        .example("rows", 70L)
        .example("other-right", 48L)
        .example("other-rows", 80L)
        .computed(inputs ->
            Outcome.of(
                Shares.unpairedDifference(
                    inputs.count("right"),
                    inputs.count("rows"),
                    inputs.count("other-right"),
                    inputs.count("other-rows"),
                    inputs.number("confidence"))));
  }

  private static Statistic pairedDifference() {
    return Statistic.named("intervals.paired-difference")
        .defined(
            "(gained − lost) / rows of two answers to the same rows, with Tango's score interval"
                + " (Statistics in Medicine 17, 1998, 891–908).")
        .takes(
            required("gained", InputType.WHOLE, "rows that only the first has right"),
            required("lost", InputType.WHOLE, "rows that only the second has right"),
            required("rows", InputType.WHOLE, "all of them, 1 or more"),
            CONFIDENCE)
        .example("gained", 12L)
        .example("lost", 2L)
        .example("rows", 50L)
        .computed(inputs ->
            Outcome.of(
                Shares.difference(
                    inputs.count("gained"),
                    inputs.count("lost"),
                    inputs.count("rows"),
                    inputs.number("confidence"))));
  }

  private static Statistic mean() {
    return Statistic.named("intervals.bootstrap-mean")
        .defined(
            "The mean of values with the percentile interval of the bootstrap: all rows are drawn"
                + " again with replacement (SplittableRandom of the JDK from the seed, nextInt of"
                + " the number of rows); quantiles of type 7.")
        .takes(required("values", InputType.NUMBERS, "one or more"))
        .takes(BOOTSTRAP)
        .example("values", new double[] {0.1, 0.4, 0.2, 0.9, 0.3})
        .computed(inputs -> {
          double[] values = inputs.numbers("values");
          Require.notFewer("values", values.length, 1);
          Bootstrap bootstrap = bootstrap(inputs);
          limit(values.length, bootstrap);
          return Outcome.of(bootstrap.mean(values));
        });
  }

  private static Statistic twoShares() {
    return Statistic.named("sampling.rows-for-difference")
        .defined(
            "Rows of each of two groups with which the two-sided z-test of two shares sees their"
                + " difference: (z of 1 − α/2 · √(2 m (1 − m)) + z of the power · √(p (1 − p) +"
                + " q (1 − q)))² / (p − q)² with m = (p + q) / 2, rounded up (Fleiss, Levin and"
                + " Paik 2003, section 4.2).")
        .takes(
            required("share", InputType.NUMBER, "p, 0 to 1"),
            required("other", InputType.NUMBER, "q, 0 to 1; at least a millionth away"),
            ALPHA,
            usual("power", InputType.NUMBER, "between 0 and 1", 0.8))
        .example("share", 0.5)
        .example("other", 0.4)
        .computed(inputs ->
            new Outcome.Whole(
                SampleSize.ofTwoShares(
                    inputs.number("share"),
                    inputs.number("other"),
                    inputs.number("alpha"),
                    inputs.number("power"))));
  }

  private static Statistic power() {
    return Statistic.named("sampling.power")
        .defined(
            "How probable it is that the two-sided z-test of two shares sees their difference with"
                + " so many rows of each group; the inverse of sampling.rows-for-difference.")
        .takes(
            required("share", InputType.NUMBER, "p, 0 to 1"),
            required("other", InputType.NUMBER, "q, 0 to 1"),
            required("rows", InputType.WHOLE, "of each group, 1 or more"),
            ALPHA)
        .example("share", 0.5)
        .example("other", 0.4)
        .example("rows", 388L)
        .computed(inputs ->
            Outcome.of(
                SampleSize.power(
                    inputs.number("share"),
                    inputs.number("other"),
                    inputs.number("alpha"),
                    inputs.whole("rows"))));
  }

  private static Statistic withoutFailure() {
    return Statistic.named("sampling.rows-without-failure")
        .defined(
            "The smallest n with (1 − rate)ⁿ ≤ 1 − confidence: so many rows without a failure"
                + " exclude the rate.")
        .takes(
            required("rate", InputType.NUMBER, "of failures, between 0 and 1"),
            usual("confidence", InputType.NUMBER, "between 0 and 1", 0.95))
        .example("rate", 0.01)
        .computed(inputs ->
            new Outcome.Whole(
                SampleSize.withoutFailure(inputs.number("rate"), inputs.number("confidence"))));
  }
}
