package dev.candor.governance.fairness;

import dev.candor.statistics.Quantity;
import dev.candor.statistics.fairness.Confusion;
import dev.candor.statistics.fairness.GroupBootstrap;
import dev.candor.statistics.fairness.GroupFairness;
import dev.candor.statistics.fairness.GroupOutcomes;
import dev.candor.statistics.fairness.Intersections;
import dev.candor.statistics.fairness.Rate;
import dev.candor.statistics.fairness.Reference;
import dev.candor.statistics.intervals.Bootstrap;
import dev.candor.statistics.intervals.Measured;
import dev.candor.statistics.intervals.Shares;
import dev.candor.statistics.sampling.SampleSize;
import dev.candor.statistics.tests.Alternative;
import dev.candor.statistics.tests.FisherExact;
import dev.candor.statistics.tests.Holm;
import java.util.ArrayList;
import java.util.Arrays;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.Objects;
import java.util.OptionalDouble;

/**
 * What groups are given, attribute by attribute and in each combination. A breach counts as shown
 * if Fisher's exact test finds the two groups that are furthest apart to differ, among all pairs of
 * the view and all rates of the metric, corrected by Holm.
 */
final class ParityEvaluation {

  private final BiasPlan plan;
  private final BiasTest test;
  private final Judge judge;
  private final double alpha;

  ParityEvaluation(BiasPlan plan, BiasTest test) {
    this.plan = plan;
    this.test = test;
    this.judge = new Judge(test);
    this.alpha = 1 - plan.confidence();
  }

  TestOutcome evaluate(List<TestCase.Answer> answers, int leftOut) {
    List<GroupMeasurement> groups = new ArrayList<>();
    List<Finding> findings = new ArrayList<>();
    views(answers)
        .forEach((view, of) -> {
          GroupOutcomes outcomes = outcomes(answers, of);
          groups.addAll(measured(view, outcomes));
          for (BiasMetric metric : BiasMetric.of(BiasTest.Kind.PARITY)) {
            if (outcomes.isLabelled() || rates(metric).stream().noneMatch(Rate::needsLabels)) {
              findings.add(finding(view, outcomes, metric));
            } else if (test.limits().stream().anyMatch(limit -> limit.metric() == metric)) {
              findings.add(unlabelled(view, metric));
            }
          }
        });
    return new TestOutcome(test, answers.size(), leftOut, groups, findings);
  }

  /** The group of each answer, by what the groups are of. */
  private Map<String, List<String>> views(List<TestCase.Answer> answers) {
    Map<String, List<String>> views = new LinkedHashMap<>();
    for (String attribute : test.groups().keySet()) {
      views.put(
          attribute,
          answers.stream().map(answer -> answer.asked().groups().get(attribute)).toList());
    }
    if (test.intersections() && test.groups().size() > 1) {
      views.put(
          String.join(TestCases.AND, test.groups().keySet()),
          Intersections.of(List.copyOf(views.values())));
    }
    return views;
  }

  private GroupOutcomes outcomes(List<TestCase.Answer> answers, List<String> groups) {
    boolean[] labels = new boolean[answers.size()];
    boolean[] predictions = new boolean[answers.size()];
    boolean labelled = true;
    for (int i = 0; i < labels.length; i++) {
      TestCase.Answer answer = answers.get(i);
      labelled &= answer.asked().label().isPresent();
      labels[i] = answer.asked().label().filter(test.favourable()::contains).isPresent();
      predictions[i] = test.favourable().contains(answer.label());
    }
    if (labelled) {
      return GroupOutcomes.ofRows(labels, predictions, groups);
    }
    double[] ones = new double[labels.length];
    Arrays.fill(ones, 1);
    return GroupOutcomes.ofDecisions(predictions, groups, ones);
  }

  private List<GroupMeasurement> measured(String view, GroupOutcomes outcomes) {
    List<Map.Entry<String, Confusion>> named = List.copyOf(outcomes.groups().entrySet());
    double[] againstOthers =
        named.stream().mapToDouble(group -> againstOthers(outcomes, group.getValue())).toArray();
    double[] corrected = Holm.adjusted(againstOthers);
    List<GroupMeasurement> groups = new ArrayList<>();
    for (int i = 0; i < corrected.length; i++) {
      Confusion counts = named.get(i).getValue();
      int rows = (int) counts.rows();
      int selected = (int) Rate.SELECTION.hits(counts);
      groups.add(
          new GroupMeasurement(
              view,
              named.get(i).getKey(),
              rows,
              outcomes.isLabelled() ? confusion(counts) : Map.of("selected", (long) selected),
              "selection-rate",
              Shares.of(selected, rows, Shares.Method.WILSON, plan.confidence()),
              outcomes.isLabelled() ? rates(counts) : Map.of(),
              OptionalDouble.of(corrected[i])));
    }
    return groups;
  }

  private static double againstOthers(GroupOutcomes outcomes, Confusion group) {
    Confusion all = outcomes.overall();
    int hits = (int) Rate.SELECTION.hits(group);
    return FisherExact.p(
        hits,
        (int) group.rows(),
        (int) Rate.SELECTION.hits(all) - hits,
        (int) (all.rows() - group.rows()),
        Alternative.TWO_SIDED);
  }

  private static Map<String, Long> confusion(Confusion counts) {
    Map<String, Long> cells = new LinkedHashMap<>();
    cells.put("true-positives", (long) counts.truePositives());
    cells.put("false-positives", (long) counts.falsePositives());
    cells.put("true-negatives", (long) counts.trueNegatives());
    cells.put("false-negatives", (long) counts.falseNegatives());
    return cells;
  }

  private static Map<String, Double> rates(Confusion counts) {
    Map<String, Double> rates = new LinkedHashMap<>();
    for (Rate rate : List.of(Rate.TRUE_POSITIVE, Rate.FALSE_POSITIVE, Rate.ACCURACY)) {
      Quantity of = rate.of(counts, "");
      if (of.isDefined()) {
        rates.put(rate.key() + "-rate", of.value());
      }
    }
    return rates;
  }

  private Finding finding(String view, GroupOutcomes outcomes, BiasMetric metric) {
    Quantity estimate =
        outcomes.groups().size() < planned(view)
            ? Quantity.undefined("a group of the plan has no rows")
            : value(outcomes, metric);
    Extreme extreme = extreme(outcomes, metric);
    GroupBootstrap.Bounds bounds =
        estimate.isDefined()
            ? bounds(outcomes, metric, extreme)
            : new GroupBootstrap.Bounds(estimate, estimate, estimate);
    return judge.finding(
        new Judge.Measurement(
            view,
            extreme.words(),
            metric,
            estimate,
            bounds.lower(),
            bounds.upper(),
            fewest(outcomes, metric),
            OptionalDouble.of(extreme.p()),
            _ -> extreme.p() < alpha),
        limit -> required(outcomes, metric, limit.value()));
  }

  /**
   * Of the two groups that are furthest apart: Newcombe's of a difference, the bootstrap's of the
   * ratio. The largest of many differences grows with every draw, so that its own bootstrap would
   * not even hold the estimate.
   */
  private GroupBootstrap.Bounds bounds(GroupOutcomes outcomes, BiasMetric metric, Extreme extreme) {
    Confusion low = Objects.requireNonNull(outcomes.groups().get(extreme.low()));
    Confusion high = Objects.requireNonNull(outcomes.groups().get(extreme.high()));
    if (metric != BiasMetric.DEMOGRAPHIC_PARITY_RATIO) {
      Measured difference =
          Shares.unpairedDifference(
              (int) extreme.rate().hits(high),
              (int) extreme.rate().rows(high),
              (int) extreme.rate().hits(low),
              (int) extreme.rate().rows(low),
              plan.confidence());
      return new GroupBootstrap.Bounds(
          Quantity.of(difference.estimate()),
          Quantity.of(Math.max(0, difference.lower())),
          Quantity.of(difference.upper()));
    }
    return GroupBootstrap.of(
        GroupOutcomes.ofCounts(Map.of(extreme.low(), low, extreme.high(), high)),
        drawn -> {
          Map<String, Quantity> rates = drawn.rates(extreme.rate());
          return Quantity.ratio(
                  Objects.requireNonNull(rates.get(extreme.low())).value(),
                  Objects.requireNonNull(rates.get(extreme.high())).value(),
                  "in a draw nobody of " + extreme.high() + " is selected")
              .map(ratio -> Math.min(1, ratio));
        },
        new Bootstrap(plan.resamples(), plan.seed(), plan.confidence()));
  }

  private Finding unlabelled(String view, BiasMetric metric) {
    Quantity none = Quantity.undefined("not every row has a label");
    return judge.finding(
        new Judge.Measurement(
            view, "", metric, none, none, none, 0, OptionalDouble.empty(), _ -> false),
        _ -> 0);
  }

  private static Quantity value(GroupOutcomes outcomes, BiasMetric metric) {
    return metric == BiasMetric.DEMOGRAPHIC_PARITY_RATIO
        ? GroupFairness.demographicParityRatio(outcomes, Reference.BETWEEN_GROUPS)
        : Quantity.max(
            rates(metric).stream()
                .map(rate -> GroupFairness.difference(outcomes, rate, Reference.BETWEEN_GROUPS))
                .toList());
  }

  /** The rates that a metric compares. */
  private static List<Rate> rates(BiasMetric metric) {
    return switch (metric) {
      case DEMOGRAPHIC_PARITY_RATIO, DEMOGRAPHIC_PARITY_DIFFERENCE -> List.of(Rate.SELECTION);
      case EQUALISED_ODDS_DIFFERENCE -> List.of(Rate.TRUE_POSITIVE, Rate.FALSE_POSITIVE);
      case EQUAL_OPPORTUNITY_DIFFERENCE -> List.of(Rate.TRUE_POSITIVE);
      case PREDICTIVE_PARITY_DIFFERENCE -> List.of(Rate.POSITIVE_PREDICTIVE_VALUE);
      case ACCURACY_DIFFERENCE -> List.of(Rate.ACCURACY);
      default -> throw new IllegalArgumentException(metric.key() + " compares no rates of groups");
    };
  }

  /**
   * Two groups that are furthest apart, in which rate, and how probable that is by chance.
   *
   * @param low the one with the lower rate
   */
  private record Extreme(String low, String high, Rate rate, double p) {
    String words() {
      return low.isEmpty() ? "" : low + " below " + high + " (" + rate.key() + ")";
    }
  }

  private static Extreme extreme(GroupOutcomes outcomes, BiasMetric metric) {
    List<Double> p = new ArrayList<>();
    int furthest = -1;
    double distance = -1;
    Extreme extreme = new Extreme("", "", rates(metric).getFirst(), 1);
    List<Map.Entry<String, Confusion>> named = List.copyOf(outcomes.groups().entrySet());
    for (Rate rate : rates(metric)) {
      for (int i = 0; i < named.size(); i++) {
        Confusion first = named.get(i).getValue();
        for (int j = i + 1; j < named.size(); j++) {
          Confusion second = named.get(j).getValue();
          double apart =
              rate.hits(second) / rate.rows(second) - rate.hits(first) / rate.rows(first);
          // Not a number where a group has no row that counts: then the metric is undefined too.
          if (Math.abs(apart) > distance) {
            distance = Math.abs(apart);
            furthest = p.size();
            String one = named.get(i).getKey();
            String other = named.get(j).getKey();
            extreme =
                apart >= 0 ? new Extreme(one, other, rate, 1) : new Extreme(other, one, rate, 1);
          }
          p.add(
              FisherExact.p(
                  (int) rate.hits(first),
                  (int) rate.rows(first),
                  (int) rate.hits(second),
                  (int) rate.rows(second),
                  Alternative.TWO_SIDED));
        }
      }
    }
    double[] corrected = Holm.adjusted(p.stream().mapToDouble(Double::doubleValue).toArray());
    return furthest < 0
        ? extreme
        : new Extreme(extreme.low(), extreme.high(), extreme.rate(), corrected[furthest]);
  }

  private static long fewest(GroupOutcomes outcomes, BiasMetric metric) {
    return rates(metric).stream()
        .flatMap(rate -> outcomes.groups().values().stream().map(rate::rows))
        .mapToLong(Double::longValue)
        .min()
        .orElse(0);
  }

  private long planned(String view) {
    List<String> of = test.groups().get(view);
    return of == null
        ? test.groups().values().stream().mapToLong(List::size).reduce(1, (a, b) -> a * b)
        : of.size();
  }

  /**
   * Rows of a group with which a breach of the limit would be seen with the plan's power: from the
   * rate of all rows, or, for a ratio, from the highest rate of a group. Of a difference both
   * directions count, if there is room for them.
   */
  private long required(GroupOutcomes outcomes, BiasMetric metric, double limit) {
    long most = 0;
    for (Rate rate : rates(metric)) {
      if (metric == BiasMetric.DEMOGRAPHIC_PARITY_RATIO) {
        Quantity highest = Quantity.max(outcomes.rates(rate).values());
        if (highest.isDefined()) {
          most = Math.max(most, rows(highest.value(), highest.value() * limit));
        }
        continue;
      }
      Quantity overall = outcomes.overall(rate);
      if (overall.isDefined()) {
        double base = overall.value();
        most = Math.max(most, base - limit >= 0 ? rows(base, base - limit) : 0);
        most = Math.max(most, base + limit <= 1 ? rows(base, base + limit) : 0);
      }
    }
    return most;
  }

  private long rows(double share, double other) {
    // Closer than this no number of rows tells them apart that anybody has.
    return Math.abs(share - other) < 1e-6
        ? 0
        : SampleSize.ofTwoShares(share, other, alpha, plan.power());
  }
}
