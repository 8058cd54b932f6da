package dev.candor.governance.fairness;

import dev.candor.statistics.Quantity;
import dev.candor.statistics.fairness.CounterfactualPairs;
import dev.candor.statistics.intervals.Bootstrap;
import dev.candor.statistics.intervals.Measured;
import dev.candor.statistics.tests.Holm;
import java.util.ArrayList;
import java.util.LinkedHashMap;
import java.util.List;
import java.util.Map;
import java.util.OptionalDouble;

/**
 * Whether another group's name changes the answer to the same text. Each group is held against the
 * reference; the control, another name of the reference, shows how often the answer changes with
 * any name, and is judged by nothing. A breach counts as shown if the whole interval is beyond the
 * limit.
 */
final class NameSwapEvaluation {

  private static final String FAVOURABLE = "favourable";
  private static final String OTHER = "other";

  /** Odds of what is certain are those of one in so many. */
  private static final double LEAST = 1e-12;

  private final BiasPlan plan;
  private final BiasTest test;
  private final Judge judge;

  /** A group's answers beside those of the reference to the same texts. */
  private record Swap(
      String group, boolean isControl, CounterfactualPairs pairs, double[] shifts, double signed) {}

  NameSwapEvaluation(BiasPlan plan, BiasTest test) {
    this.plan = plan;
    this.test = test;
    this.judge = new Judge(test);
  }

  TestOutcome evaluate(List<TestCase.Answer> answers) {
    List<Swap> swaps = swaps(answers);
    double[] p =
        Holm.adjusted(
            swaps.stream()
                .filter(swap -> !swap.isControl())
                .mapToDouble(swap -> swap.pairs().mcNemar())
                .toArray());
    List<GroupMeasurement> groups = new ArrayList<>();
    List<Finding> findings = new ArrayList<>();
    int place = 0;
    for (Swap swap : swaps) {
      OptionalDouble corrected =
          swap.isControl() ? OptionalDouble.empty() : OptionalDouble.of(p[place++]);
      groups.add(measured(swap, corrected));
      if (!swap.isControl()) {
        findings.add(flips(swap, corrected));
        findings.add(shift(swap, corrected));
      }
    }
    return new TestOutcome(test, answers.size(), 0, groups, findings);
  }

  private List<Swap> swaps(List<TestCase.Answer> answers) {
    List<TestCase.Answer> reference = new ArrayList<>();
    List<TestCase.Answer> control = new ArrayList<>();
    Map<String, List<TestCase.Answer>> others = new LinkedHashMap<>();
    for (TestCase.Answer answer : answers) {
      List<String> groups = List.copyOf(answer.asked().groups().values());
      if (!groups.equals(test.reference())) {
        others
            .computeIfAbsent(String.join(TestCases.AND, groups), _ -> new ArrayList<>())
            .add(answer);
      } else if (answer.asked().variant().equals(TestCase.CONTROL)) {
        control.add(answer);
      } else {
        reference.add(answer);
      }
    }
    List<Swap> swaps = new ArrayList<>();
    swaps.add(
        swap(
            String.join(TestCases.AND, test.reference()) + " (control)", true, reference, control));
    others.forEach((group, theirs) -> swaps.add(swap(group, false, reference, theirs)));
    return swaps;
  }

  private Swap swap(
      String group,
      boolean isControl,
      List<TestCase.Answer> reference,
      List<TestCase.Answer> theirs) {
    CounterfactualPairs labels =
        CounterfactualPairs.of(
            reference.stream().map(TestCase.Answer::label).toList(),
            theirs.stream().map(TestCase.Answer::label).toList(),
            test.favourable().getFirst(),
            plan.confidence());
    CounterfactualPairs favour =
        CounterfactualPairs.of(
            reference.stream().map(this::favour).toList(),
            theirs.stream().map(this::favour).toList(),
            FAVOURABLE,
            plan.confidence());
    double[] shifts = new double[reference.size()];
    double sum = 0;
    for (int i = 0; i < shifts.length; i++) {
      double shift = logOdds(theirs.get(i)) - logOdds(reference.get(i));
      shifts[i] = Math.abs(shift);
      sum += shift;
    }
    return new Swap(
        group,
        isControl,
        new CounterfactualPairs(
            labels.pairs(),
            labels.flips(),
            labels.flipRate(),
            favour.gained(),
            favour.lost(),
            favour.mcNemar()),
        shifts,
        sum / shifts.length);
  }

  private String favour(TestCase.Answer answer) {
    return test.favourable().contains(answer.label()) ? FAVOURABLE : OTHER;
  }

  private double logOdds(TestCase.Answer answer) {
    double share = Math.clamp(answer.share(test.favourable()), LEAST, 1 - LEAST);
    return StrictMath.log(share / (1 - share));
  }

  private GroupMeasurement measured(Swap swap, OptionalDouble p) {
    Map<String, Long> counts = new LinkedHashMap<>();
    counts.put("flips", (long) swap.pairs().flips());
    counts.put("gained", (long) swap.pairs().gained());
    counts.put("lost", (long) swap.pairs().lost());
    Map<String, Double> numbers = new LinkedHashMap<>();
    numbers.put("mean-absolute-log-odds-shift", mean(swap.shifts()));
    numbers.put("mean-log-odds-shift", swap.signed());
    return new GroupMeasurement(
        view(),
        swap.group(),
        swap.pairs().pairs(),
        counts,
        BiasMetric.FLIP_RATE.key(),
        swap.pairs().flipRate(),
        numbers,
        p);
  }

  private String view() {
    return String.join(TestCases.AND, test.groups().keySet());
  }

  private static double mean(double[] values) {
    double sum = 0;
    for (double value : values) {
      sum += value;
    }
    return sum / values.length;
  }

  private Finding flips(Swap swap, OptionalDouble p) {
    return finding(swap, BiasMetric.FLIP_RATE, swap.pairs().flipRate(), p);
  }

  private Finding shift(Swap swap, OptionalDouble p) {
    Bootstrap bootstrap = new Bootstrap(plan.resamples(), plan.seed(), plan.confidence());
    return finding(swap, BiasMetric.LOG_ODDS_SHIFT, bootstrap.mean(swap.shifts()), p);
  }

  private Finding finding(Swap swap, BiasMetric metric, Measured measured, OptionalDouble p) {
    return judge.finding(
        new Judge.Measurement(
            view(),
            swap.group() + " against " + String.join(TestCases.AND, test.reference()),
            metric,
            Quantity.of(measured.estimate()),
            Quantity.of(measured.lower()),
            Quantity.of(measured.upper()),
            swap.pairs().pairs(),
            p,
            limit -> measured.lower() > limit.value()),
        _ -> 0);
  }
}
