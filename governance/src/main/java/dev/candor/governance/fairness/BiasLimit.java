package dev.candor.governance.fairness;

import java.util.ArrayList;
import java.util.List;

/**
 * How far a metric may go.
 *
 * @param metric what is limited
 * @param ofBound whether the worse end of its interval is held against it, and not the estimate
 * @param value the limit itself is within
 */
public record BiasLimit(BiasMetric metric, boolean ofBound, double value) {

  private static final String BOUND = "-bound";

  /** As a plan writes it: that of the metric, with {@code -bound} behind it for the interval. */
  public String key() {
    return metric.key() + (ofBound ? BOUND : "");
  }

  /** The keys that a plan may have for a kind of test. */
  static List<String> keys(BiasTest.Kind kind) {
    List<String> keys = new ArrayList<>();
    for (BiasMetric metric : BiasMetric.of(kind)) {
      keys.add(metric.key());
      keys.add(metric.key() + BOUND);
    }
    return keys;
  }

  /** The limit that a key and a number make. */
  static BiasLimit of(String key, double value) {
    boolean bound = key.endsWith(BOUND);
    String metric = bound ? key.substring(0, key.length() - BOUND.length()) : key;
    return new BiasLimit(BiasMetric.of(metric).orElseThrow(), bound, value);
  }

  /** Those of a test for which a plan sets none: firm policy. */
  static List<BiasLimit> usual(BiasTest.Kind kind) {
    List<BiasLimit> limits = new ArrayList<>();
    for (BiasMetric metric : BiasMetric.of(kind)) {
      metric.usual().ifPresent(value -> limits.add(new BiasLimit(metric, false, value)));
    }
    if (kind == BiasTest.Kind.NAME_SWAP) {
      limits.add(new BiasLimit(BiasMetric.FLIP_RATE, true, 0.02));
    }
    return List.copyOf(limits);
  }
}
