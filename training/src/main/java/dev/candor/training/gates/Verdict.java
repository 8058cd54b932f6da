package dev.candor.training.gates;

import dev.candor.statistics.intervals.Measured;
import java.util.List;

/** What a gate says. */
public enum Verdict {
  /** The limit is kept, beyond doubt. */
  PASS,
  /** The limit is broken, beyond doubt. */
  FAIL,
  /** There are too few rows to say either. */
  INSUFFICIENT_DATA;

  /** Of several: one failure fails, one doubt leaves doubt; nothing at all is no proof either. */
  static Verdict of(List<Verdict> verdicts) {
    if (verdicts.contains(FAIL)) {
      return FAIL;
    }
    return verdicts.isEmpty() || verdicts.contains(INSUFFICIENT_DATA) ? INSUFFICIENT_DATA : PASS;
  }

  /** Of a quantity that must be at least so much. */
  static Verdict atLeast(double limit, Measured measured) {
    if (measured.lower() >= limit) {
      return PASS;
    }
    return measured.upper() < limit ? FAIL : INSUFFICIENT_DATA;
  }

  /** Of a quantity that must be at most so much. */
  static Verdict atMost(double limit, Measured measured) {
    if (measured.upper() <= limit) {
      return PASS;
    }
    return measured.lower() > limit ? FAIL : INSUFFICIENT_DATA;
  }
}
