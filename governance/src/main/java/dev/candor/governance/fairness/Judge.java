package dev.candor.governance.fairness;

import dev.candor.governance.evidence.Verdict;
import dev.candor.statistics.Quantity;
import java.util.ArrayList;
import java.util.Collection;
import java.util.List;
import java.util.Locale;
import java.util.OptionalDouble;
import java.util.function.Predicate;
import java.util.function.ToLongFunction;

/**
 * Holds what was measured against the limits of a test. Without enough rows, or where a breach may
 * be chance, the verdict is that there is too little data, which blocks a model as a failure does.
 */
final class Judge {

  private final BiasTest test;

  Judge(BiasTest test) {
    this.test = test;
  }

  /**
   * What was measured of a metric.
   *
   * @param rows of each group that it is about, the fewest counts
   * @param isShown whether the breach of a limit, if it is one, is more than chance
   */
  record Measurement(
      String view,
      String between,
      BiasMetric metric,
      Quantity estimate,
      Quantity lower,
      Quantity upper,
      long rows,
      OptionalDouble p,
      Predicate<BiasLimit> isShown) {}

  /**
   * Judges a metric by each limit that the test sets to it.
   *
   * @param power rows of a group that a limit needs, by its value
   */
  Finding finding(Measurement measured, ToLongFunction<BiasLimit> power) {
    List<Finding.Judgement> judgements = new ArrayList<>();
    for (BiasLimit limit : test.limits()) {
      if (limit.metric() == measured.metric()) {
        judgements.add(judgement(measured, limit, power));
      }
    }
    return new Finding(
        measured.view(),
        measured.between(),
        measured.metric(),
        measured.estimate(),
        measured.lower(),
        measured.upper(),
        measured.rows(),
        measured.p(),
        judgements);
  }

  private Finding.Judgement judgement(
      Measurement measured, BiasLimit limit, ToLongFunction<BiasLimit> power) {
    if (measured.estimate() instanceof Quantity.Undefined(String reason)) {
      return insufficient(limit, test.minimum(), reason);
    }
    long required = Math.max(test.minimum(), power.applyAsLong(limit));
    if (measured.rows() < required) {
      return insufficient(
          limit, required, "a group has " + measured.rows() + " rows, needed are " + required);
    }
    Quantity held = limit.ofBound() ? worse(measured) : measured.estimate();
    if (held instanceof Quantity.Undefined(String reason)) {
      return insufficient(limit, required, reason);
    }
    double value = held.value();
    String words = number(value) + " against " + number(limit.value());
    if (limit.metric().holds(value, limit.value())) {
      return new Finding.Judgement(limit, required, Verdict.PASS, words);
    }
    // The interval reaches beyond a limit that the estimate keeps to: more rows would tell.
    boolean beyond = !limit.metric().holds(measured.estimate().value(), limit.value());
    if (beyond && measured.isShown().test(limit)) {
      return new Finding.Judgement(limit, required, Verdict.FAIL, words);
    }
    return insufficient(
        limit,
        required,
        words + (beyond ? ", which may be chance" : ", which the estimate keeps to"));
  }

  private static Quantity worse(Measurement measured) {
    return measured.metric().isAtLeast() ? measured.lower() : measured.upper();
  }

  private static Finding.Judgement insufficient(BiasLimit limit, long required, String reason) {
    return new Finding.Judgement(limit, required, Verdict.INSUFFICIENT_DATA, reason);
  }

  private static String number(double value) {
    return String.format(Locale.ROOT, "%.4f", value);
  }

  /** The worst of several: what failed, then what is not known. */
  static Verdict worst(Collection<Verdict> verdicts) {
    if (verdicts.contains(Verdict.FAIL)) {
      return Verdict.FAIL;
    }
    return verdicts.isEmpty() || verdicts.contains(Verdict.INSUFFICIENT_DATA)
        ? Verdict.INSUFFICIENT_DATA
        : Verdict.PASS;
  }
}
