package dev.candor.governance.fairness;

import java.util.Arrays;
import java.util.List;
import java.util.Locale;
import java.util.Optional;
import java.util.OptionalDouble;

/**
 * What a plan can set a limit to. The definitions are those of the statistics room; limits that are
 * usual here are firm policy, no regulator's.
 */
public enum BiasMetric {
  /** Lowest selection rate of a group over the highest. */
  DEMOGRAPHIC_PARITY_RATIO(BiasTest.Kind.PARITY, true, OptionalDouble.of(0.80)),
  /** Highest selection rate of a group less the lowest. */
  DEMOGRAPHIC_PARITY_DIFFERENCE(BiasTest.Kind.PARITY, false, OptionalDouble.of(0.10)),
  /** The larger of the differences of true and of false positive rates. */
  EQUALISED_ODDS_DIFFERENCE(BiasTest.Kind.PARITY, false, OptionalDouble.of(0.10)),
  /** The difference of true positive rates alone. */
  EQUAL_OPPORTUNITY_DIFFERENCE(BiasTest.Kind.PARITY, false, OptionalDouble.empty()),
  /** The difference of the shares of selected that were to be selected. */
  PREDICTIVE_PARITY_DIFFERENCE(BiasTest.Kind.PARITY, false, OptionalDouble.empty()),
  /** The difference of the shares of right answers. */
  ACCURACY_DIFFERENCE(BiasTest.Kind.PARITY, false, OptionalDouble.empty()),
  /** Share of cases in which another group's name gives another answer. */
  FLIP_RATE(BiasTest.Kind.NAME_SWAP, false, OptionalDouble.of(0.01)),
  /** Mean of how far another group's name moves the log odds of the favourable answer. */
  LOG_ODDS_SHIFT(BiasTest.Kind.NAME_SWAP, false, OptionalDouble.empty()),
  /** Size of s_DIS of BBQ, where the text says the answer. */
  BIAS_SCORE_DISAMBIGUATED(BiasTest.Kind.QUESTIONS, false, OptionalDouble.of(0.10)),
  /** Size of s_AMB of BBQ, where the text does not say it. */
  BIAS_SCORE_AMBIGUOUS(BiasTest.Kind.QUESTIONS, false, OptionalDouble.of(0.10)),
  /** Right answers to texts that follow the stereotype less those to texts that go against it. */
  STEREOTYPE_GAP(BiasTest.Kind.PAIRS, false, OptionalDouble.of(0.10));

  private final BiasTest.Kind kind;
  private final boolean least;
  private final OptionalDouble usual;

  BiasMetric(BiasTest.Kind kind, boolean least, OptionalDouble usual) {
    this.kind = kind;
    this.least = least;
    this.usual = usual;
  }

  /** As plans and documents write it, such as {@code demographic-parity-ratio}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Which tests measure it. */
  public BiasTest.Kind kind() {
    return kind;
  }

  /** Whether its limit is the least that it may be, and not the most. */
  public boolean isAtLeast() {
    return least;
  }

  /** The limit of a plan that sets none for its test: firm policy. */
  public OptionalDouble usual() {
    return usual;
  }

  /** Whether a value is within a limit. */
  public boolean holds(double value, double limit) {
    return least ? value >= limit : value <= limit;
  }

  /** Those that a kind of test measures. */
  public static List<BiasMetric> of(BiasTest.Kind kind) {
    return Arrays.stream(values()).filter(metric -> metric.kind == kind).toList();
  }

  /** The metric of this key. */
  public static Optional<BiasMetric> of(String key) {
    return Arrays.stream(values()).filter(metric -> metric.key().equals(key)).findFirst();
  }
}
