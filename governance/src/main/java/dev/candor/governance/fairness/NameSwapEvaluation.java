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
      String group,
      boolean isControl,
      CounterfactualPairs pairs,
      double[] distances,
      CounterfactualPairs.Shift shift) {}

  NameSwapEvaluation(BiasPlan plan, BiasTest test) {
    this.plan = plan;
    this.test = test;
    this.judge = new Judge(test);
  }

  TestOutcome evaluate(List<TestCase.Answer> answers) {
    List<Swap> swaps = swaps(answers);
    List<Swap> judged = swaps.stream().filter(swap -> !swap.isControl()).toList();
    double[] flips =
        Holm.adjusted(judged.stream().mapToDouble(swap -> swap.pairs().mcNemar()).toArray());
    double[] shifts =
        Holm.adjusted(judged.stream().mapToDouble(swap -> swap.shift().sign()).toArray());
    List<GroupMeasurement> groups = new ArrayList<>();
    List<Finding> findings = new ArrayList<>();
    for (Swap swap : swaps) {
      int place = judged.indexOf(swap);
      groups.add(
          measured(swap, place < 0 ? OptionalDouble.empty() : OptionalDouble.of(flips[place])));
      if (place >= 0) {
        findings.add(flips(swap, OptionalDouble.of(flips[place])));
        findings.add(shift(swap, OptionalDouble.of(shifts[place])));
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
    double[] original = reference.stream().mapToDouble(this::logOdds).toArray();
    double[] swapped = theirs.stream().mapToDouble(this::logOdds).toArray();
    double[] distances = new double[original.length];
    for (int i = 0; i < distances.length; i++) {
      distances[i] = Math.abs(swapped[i] - original[i]);
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
        distances,
        CounterfactualPairs.shift(original, swapped));
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
    numbers.put("mean-absolute-log-odds-shift", swap.shift().meanAbsolute());
    numbers.put("mean-log-odds-shift", swap.shift().mean());
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

  private Finding flips(Swap swap, OptionalDouble p) {
    return finding(swap, BiasMetric.FLIP_RATE, swap.pairs().flipRate(), p);
  }

  private Finding shift(Swap swap, OptionalDouble p) {
    Bootstrap bootstrap = new Bootstrap(plan.resamples(), plan.seed(), plan.confidence());
    return finding(swap, BiasMetric.LOG_ODDS_SHIFT, bootstrap.mean(swap.distances()), p);
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
