package dev.candor.statistics.registry;

import static dev.candor.statistics.registry.Input.choice;
import static dev.candor.statistics.registry.Input.optional;

import dev.candor.statistics.Quantity;
import dev.candor.statistics.fairness.GroupBootstrap;
import dev.candor.statistics.fairness.GroupFairness;
import dev.candor.statistics.fairness.GroupOutcomes;
import dev.candor.statistics.fairness.Rate;
import dev.candor.statistics.fairness.Reference;
import dev.candor.statistics.intervals.Bootstrap;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.SequencedMap;
import java.util.function.BiFunction;

/** How far groups are apart. */
final class FairnessStatistics {

  private static final String LABELS = "labels";
  private static final String PREDICTIONS = "predictions";
  private static final String GROUPS = "groups";
  private static final String WEIGHTS = "weights";
  private static final String COUNTS = "counts";
  private static final String REFERENCE = "reference";

  private static final Input[] OUTCOMES = {
    optional(LABELS, InputType.FLAGS, "what each decision should have been"),
    optional(PREDICTIONS, InputType.FLAGS, "what it was"),
    optional(GROUPS, InputType.GROUPS, "whom it was about"),
    optional(WEIGHTS, InputType.NUMBERS, "how much each row counts, 0 or more; 1 if left out"),
    optional(COUNTS, InputType.OUTCOMES, "instead of rows: what they came to")
  };

  private static final Input AGAINST =
      choice(
          REFERENCE,
          "groups with each other, or each group with all rows together",
          Arrays.stream(Reference.values()).map(Reference::key).toList());

  private static final Map<String, Object> ROWS_EXAMPLE = rowsExample();
  private static final Map<String, Object> COUNTS_EXAMPLE =
      Map.of(
          COUNTS,
          ordered("African-American", cells(1369, 805, 990, 532))
              .and("Caucasian", cells(505, 349, 1139, 461))
              .map());

  /** The statistics of pairs of groups by the ends of their names. */
  private static final SequencedMap<String, BiFunction<GroupOutcomes, Reference, Quantity>> APART =
      apart();

  private FairnessStatistics() {}

  static List<Statistic> all() {
    List<Statistic> all = new ArrayList<>();
    all.add(groupRates());
    all.add(
        distance(
            "demographic-parity",
            "difference",
            "Largest less smallest selection rate of the groups (positive decisions / rows); to"
                + " overall: largest |group − all rows|. Fairlearn 0.15; labels are not needed."));
    all.add(
        distance(
            "demographic-parity",
            "ratio",
            "Smallest / largest selection rate of the groups; to overall: smallest of group / all"
                + " rows and its inverse. Fairlearn 0.15; labels are not needed."));
    all.add(
        distance(
            "equalised-odds",
            "difference",
            "The larger of the differences of the true positive and the false positive rates"
                + " (Hardt et al. 2016; Fairlearn 0.15, worst case)."));
    all.add(
        distance(
            "equalised-odds",
            "ratio",
            "The smaller of the ratios of the true positive and the false positive rates"
                + " (Fairlearn 0.15, worst case)."));
    all.add(
        distance(
            "equal-opportunity",
            "difference",
            "The difference of the true positive rates (Hardt et al. 2016; Fairlearn 0.15)."));
    all.add(
        distance(
            "equal-opportunity",
            "ratio",
            "The ratio of the true positive rates (Fairlearn 0.15)."));
    all.add(
        distance(
            "predictive-parity",
            "difference",
            "The difference of the positive predictive values: right ones of the positive"
                + " decisions (Chouldechova 2017)."));
    all.add(distance("predictive-parity", "ratio", "The ratio of the positive predictive values."));
    all.add(
        distance(
            "false-negative-rate",
            "difference",
            "The difference of the false negative rates: who is denied what is theirs."));
    all.add(distance("false-negative-rate", "ratio", "The ratio of the false negative rates."));
    all.add(
        distance(
            "false-positive-rate", "difference", "The difference of the false positive rates."));
    all.add(distance("false-positive-rate", "ratio", "The ratio of the false positive rates."));
    all.add(distance("accuracy", "difference", "The difference of the shares of right decisions."));
    all.add(distance("accuracy", "ratio", "The ratio of the shares of right decisions."));
    all.add(bootstrap());
    return all;
  }

  private static Statistic groupRates() {
    return Statistic.named("fairness.group-rates")
        .defined(
            "Of each group its rows and rates: selection, and with labels base, accuracy, true"
                + " positive, false positive, false negative, true negative rate and positive"
                + " predictive value.")
        .takes(OUTCOMES)
        .example(ROWS_EXAMPLE)
        .computed(FairnessStatistics::rates);
  }

  private static Outcome rates(Inputs inputs) {
    GroupOutcomes outcomes = outcomes(inputs);
    SequencedMap<String, Outcome> groups = new LinkedHashMap<>();
    outcomes
        .groups()
        .forEach((name, counts) -> {
          Outcome.Named rates = Outcome.named("rows", Outcome.of(counts.rows()));
          for (Rate rate : Rate.values()) {
            if (outcomes.isLabelled() || !rate.needsLabels()) {
              rates = rates.and(rate.key(), Outcome.of(rate.of(counts, "group " + name)));
            }
          }
          groups.put(name, rates);
        });
    return new Outcome.Named(groups);
  }

  private static Statistic distance(String name, String kind, String definition) {
    String whole = name + "-" + kind;
    BiFunction<GroupOutcomes, Reference, Quantity> function = apartBy(whole);
    return Statistic.named("fairness." + whole)
        .defined(definition)
        .takes(OUTCOMES)
        .takes(AGAINST)
        .example(kind.equals("ratio") ? COUNTS_EXAMPLE : ROWS_EXAMPLE)
        .computed(inputs -> Outcome.of(function.apply(outcomes(inputs), reference(inputs))));
  }

  private static Statistic bootstrap() {
    return Statistic.named("fairness.bootstrap")
        .defined(
            "A statistic of this shelf with its percentile interval: the rows of each group are"
                + " drawn again with replacement, as many as it has, resamples times"
                + " (SplittableRandom of the JDK from the seed, groups by name); quantiles of type"
                + " 7. Undefined bounds where the statistic is undefined in a draw.")
        .takes(choice("statistic", "which", List.copyOf(APART.keySet())))
        .takes(OUTCOMES)
        .takes(AGAINST)
        .takes(IntervalStatistics.BOOTSTRAP)
        .example("statistic", "equalised-odds-difference")
        .example(COUNTS_EXAMPLE)
        .computed(inputs -> {
          BiFunction<GroupOutcomes, Reference, Quantity> statistic =
              apartBy(inputs.text("statistic"));
          Reference reference = reference(inputs);
          Bootstrap bootstrap = IntervalStatistics.bootstrap(inputs);
          GroupOutcomes outcomes = outcomes(inputs);
          IntervalStatistics.limit(outcomes.overall().rows(), bootstrap);
          GroupBootstrap.Bounds bounds =
              GroupBootstrap.of(outcomes, drawn -> statistic.apply(drawn, reference), bootstrap);
          return Outcome.named("estimate", Outcome.of(bounds.estimate()))
              .and("lower", Outcome.of(bounds.lower()))
              .and("upper", Outcome.of(bounds.upper()));
        });
  }

  private static SequencedMap<String, BiFunction<GroupOutcomes, Reference, Quantity>> apart() {
    SequencedMap<String, BiFunction<GroupOutcomes, Reference, Quantity>> apart =
        new LinkedHashMap<>();
    apart.put("demographic-parity-difference", GroupFairness::demographicParityDifference);
    apart.put("demographic-parity-ratio", GroupFairness::demographicParityRatio);
    apart.put("equalised-odds-difference", GroupFairness::equalisedOddsDifference);
    apart.put("equalised-odds-ratio", GroupFairness::equalisedOddsRatio);
    apart.put("equal-opportunity-difference", GroupFairness::equalOpportunityDifference);
    apart.put("equal-opportunity-ratio", GroupFairness::equalOpportunityRatio);
    Map<String, Rate> rates = new LinkedHashMap<>();
    rates.put("predictive-parity", Rate.POSITIVE_PREDICTIVE_VALUE);
    rates.put("false-negative-rate", Rate.FALSE_NEGATIVE);
    rates.put("false-positive-rate", Rate.FALSE_POSITIVE);
    rates.put("accuracy", Rate.ACCURACY);
    rates.forEach((name, rate) -> {
      apart.put(name + "-difference", (o, r) -> GroupFairness.difference(o, rate, r));
      apart.put(name + "-ratio", (o, r) -> GroupFairness.ratio(o, rate, r));
    });
    return apart;
  }

  private static BiFunction<GroupOutcomes, Reference, Quantity> apartBy(String name) {
    BiFunction<GroupOutcomes, Reference, Quantity> function = APART.get(name);
    if (function == null) {
      throw new IllegalStateException("no statistic of groups is called " + name);
    }
    return function;
  }

  static Input[] outcomeInputs() {
    return OUTCOMES.clone();
  }

  static Map<String, Object> countsExample() {
    return COUNTS_EXAMPLE;
  }

  private static Reference reference(Inputs inputs) {
    return Arrays.stream(Reference.values())
        .filter(reference -> reference.key().equals(inputs.text(REFERENCE)))
        .findFirst()
        .orElseThrow();
  }

  /** From rows or from counts. */
  static GroupOutcomes outcomes(Inputs inputs) {
    if (inputs.isFirstWay(COUNTS, List.of(PREDICTIONS, GROUPS, LABELS, WEIGHTS))) {
      return GroupOutcomes.ofCounts(inputs.outcomes(COUNTS));
    }
    boolean[] predictions = inputs.flags(PREDICTIONS);
    List<String> groups = inputs.groups(GROUPS);
    double[] weights = new double[predictions.length];
    Arrays.fill(weights, 1);
    if (inputs.has(WEIGHTS)) {
      weights = inputs.numbers(WEIGHTS);
    }
    return inputs.has(LABELS)
        ? GroupOutcomes.ofRows(inputs.flags(LABELS), predictions, groups, weights)
        : GroupOutcomes.ofDecisions(predictions, groups, weights);
  }

  /** The rows in the documentation of Fairlearn. */
  private static Map<String, Object> rowsExample() {
    Map<String, Object> rows = new LinkedHashMap<>();
    rows.put(LABELS, new double[] {0, 1, 1, 1, 1, 0, 1, 0, 1, 0, 0, 0, 1, 1, 1, 1, 1, 1});
    rows.put(PREDICTIONS, new double[] {0, 0, 1, 0, 1, 1, 1, 0, 0, 1, 1, 1, 1, 0, 0, 1, 1, 0});
    rows.put(GROUPS, List.of("bbabbcccaacabccbcc".split("")));
    return rows;
  }

  private static Map<String, Object> cells(long tp, long fp, long tn, long fn) {
    return ordered("tp", tp).and("fp", fp).and("tn", tn).and("fn", fn).map();
  }

  private static Ordered ordered(String name, Object value) {
    return new Ordered(new LinkedHashMap<>()).and(name, value);
  }

  /** A map in the order in which it is written. */
  private record Ordered(Map<String, Object> map) {
    Ordered and(String name, Object value) {
      map.put(name, value);
      return this;
    }
  }
}
