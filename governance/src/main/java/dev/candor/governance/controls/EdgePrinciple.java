package dev.candor.governance.controls;

import java.util.Locale;

/** The principles of EDGE. Source: FIFAI, A Canadian perspective on responsible AI, 2023. */
public enum EdgePrinciple {
  EXPLAINABILITY,
  DATA,
  GOVERNANCE,
  ETHICS;

  /** As files write it. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** Its letter in EDGE. */
  public String letter() {
    return key().substring(0, 1).toUpperCase(Locale.ROOT);
  }
}
