package dev.candor.governance.controls;

import java.util.Locale;

/** The themes of AGILE. Source: FIFAI II, final report, 2026. */
public enum AgileTheme {
  AWARENESS,
  GUARDRAILS,
  INNOVATION,
  LEARNING,
  ECOSYSTEM_RESILIENCY;

  /** As files write it, such as {@code ecosystem-resiliency}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /** Its letter in AGILE. */
  public String letter() {
    return key().substring(0, 1).toUpperCase(Locale.ROOT);
  }
}
