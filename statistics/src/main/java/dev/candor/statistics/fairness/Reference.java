package dev.candor.statistics.fairness;

import java.util.Locale;

/** What a group's rate is compared with. */
public enum Reference {
  /** Groups with each other: the largest with the smallest. */
  BETWEEN_GROUPS,
  /** Each group with all rows together; the worst counts. */
  TO_OVERALL;

  /** As files call it. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
