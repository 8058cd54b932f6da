package dev.candor.statistics.registry;

import static dev.candor.statistics.registry.Input.optional;
import static dev.candor.statistics.registry.Input.required;
import static dev.candor.statistics.registry.Input.usual;

import dev.candor.statistics.Require;
import dev.candor.statistics.conformal.SplitConformal;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.SequencedMap;

/** Sets that hold the right answer as often as promised. */
final class ConformalStatistics {

  private static final double[] NINE = {0.3, 0.1, 0.2, 0.9, 0.4, 0.8, 0.5, 0.7, 0.6};

  private static final Input ALPHA =
      usual("alpha", InputType.NUMBER, "how often the set may miss, between 0 and 1", 0.1);

  private static final Input SCORES =
      required(
          "scores",
          InputType.NUMBERS,
          "of the right answers of the calibration rows; larger is worse, such as 1 − p");

  private ConformalStatistics() {}

  static List<Statistic> all() {
    return List.of(
        quantile(), groupQuantiles(), sets(), pValue(), promise(), feasibility(), riskControl());
  }

  private static Statistic quantile() {
    return Statistic.named("conformal.quantile")
        .defined(
            "q = the ⌈(n + 1)(1 − α)⌉-th smallest score, α as the decimal number it is written as;"
                + " infinity where that is beyond n (Vovk et al. 2005).")
        .takes(SCORES, ALPHA)
        .example("scores", NINE)
        .computed(inputs -> {
          double[] scores = inputs.numbers("scores");
          double alpha = inputs.number("alpha");
          return Outcome.named("rank", new Outcome.Whole(SplitConformal.rank(scores.length, alpha)))
              .and("quantile", Outcome.of(SplitConformal.quantile(scores, alpha)));
        });
  }

  private static Statistic groupQuantiles() {
    return Statistic.named("conformal.group-quantiles")
        .defined(
            "The quantile of each group, of its own scores alone (Mondrian; Vovk et al. 2005).")
        .takes(SCORES, required("groups", InputType.GROUPS, "of each score"), ALPHA)
        .example("scores", NINE)
        .example("groups", List.of("aaaabbbbb".split("")))
        .example("alpha", 0.2)
        .computed(inputs -> {
          SequencedMap<String, Outcome> quantiles = new LinkedHashMap<>();
          SplitConformal.quantiles(
                  inputs.numbers("scores"), inputs.groups("groups"), inputs.number("alpha"))
              .forEach((group, quantile) -> quantiles.put(group, Outcome.of(quantile)));
          return new Outcome.Named(quantiles);
        });
  }

  private static Statistic sets() {
    return Statistic.named("conformal.sets")
        .defined(
            "Of each row all classes with 1 − p ≤ q; their mean size, how many have other than one"
                + " class, and with labels how many hold the right one.")
        .takes(
            required("probabilities", InputType.TABLE, "of each row those of the classes, 0 to 1"),
            required("quantile", InputType.NUMBER, "q"),
            optional("labels", InputType.CLASSES, "the right class of each row"))
        .example(
            "probabilities", List.of(new double[] {0.6, 0.3, 0.1}, new double[] {0.95, 0.03, 0.02}))
        .example("quantile", 0.75)
        .example("labels", new double[] {1, 0})
        .computed(ConformalStatistics::sets);
  }

  private static Outcome sets(Inputs inputs) {
    List<double[]> rows = inputs.table("probabilities");
    Require.notFewer("probabilities", rows.size(), 1);
    List<Outcome> sets = new ArrayList<>();
    long classes = 0;
    long unsure = 0;
    long covered = 0;
    int[] labels = inputs.has("labels") ? inputs.classes("labels") : new int[rows.size()];
    Require.sameLength("labels", labels.length, "probabilities", rows.size());
    for (int row = 0; row < rows.size(); row++) {
      List<Integer> set = SplitConformal.set(rows.get(row), inputs.number("quantile"));
      sets.add(Outcome.listed(set));
      classes += set.size();
      unsure += set.size() == 1 ? 0 : 1;
      covered += set.contains(labels[row]) ? 1 : 0;
    }
    Outcome.Named outcome =
        Outcome.named("sets", new Outcome.Listed(sets))
            .and("mean-size", Outcome.of(classes / (double) rows.size()))
            .and("not-one", new Outcome.Whole(unsure));
    return inputs.has("labels") ? outcome.and("covered", new Outcome.Whole(covered)) : outcome;
  }

  private static Statistic pValue() {
    return Statistic.named("conformal.p-value")
        .defined("(1 + scores that are at least as large) / (n + 1), without smoothing.")
        .takes(SCORES, required("score", InputType.NUMBER, "of the answer that is asked about"))
        .example("scores", NINE)
        .example("score", 0.75)
        .computed(inputs ->
            Outcome.of(SplitConformal.pValue(inputs.numbers("scores"), inputs.number("score"))));
  }

  private static Statistic promise() {
    return Statistic.named("conformal.coverage")
        .defined(
            "What n calibration rows promise: coverage of at least 1 − α, and without equal scores"
                + " at most ⌈(n + 1)(1 − α)⌉ / (n + 1).")
        .takes(required("rows", InputType.WHOLE, "n"), ALPHA)
        .example("rows", 50L)
        .computed(inputs ->
            Outcome.named("least", Outcome.of(1 - inputs.number("alpha")))
                .and(
                    "most",
                    Outcome.of(
                        SplitConformal.mostCoverage(
                            inputs.whole("rows"), inputs.number("alpha")))));
  }

  private static Statistic feasibility() {
    return Statistic.named("conformal.feasibility")
        .defined(
            "(μ − α) / (1 − α), at least 0: the share of rows on which any method without"
                + " assumptions must abstain (arXiv 2606.29054).")
        .takes(required("error", InputType.NUMBER, "μ: how often the model alone is wrong"), ALPHA)
        .example("error", 0.3)
        .computed(inputs ->
            Outcome.of(
                SplitConformal.leastAbstention(inputs.number("error"), inputs.number("alpha"))));
  }

  private static Statistic riskControl() {
    return Statistic.named("conformal.risk-control")
        .defined(
            "The index, from 0, of the first setting with (n R + B) / (n + 1) ≤ α (Angelopoulos et"
                + " al., arXiv 2208.02814).")
        .takes(
            required(
                "risks",
                InputType.NUMBERS,
                "R: mean losses of settings from the boldest to the most careful, not rising"),
            required("rows", InputType.WHOLE, "n"),
            usual("bound", InputType.NUMBER, "B: the largest loss of a row", 1L),
            ALPHA)
        .example("risks", new double[] {0.5, 0.2, 0.08, 0.01})
        .example("rows", 99L)
        .computed(inputs ->
            Outcome.of(
                SplitConformal.firstControlled(
                    inputs.numbers("risks"),
                    inputs.whole("rows"),
                    inputs.number("bound"),
                    inputs.number("alpha"))));
  }
}
