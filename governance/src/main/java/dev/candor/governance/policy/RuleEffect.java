package dev.candor.governance.policy;

import java.util.Locale;

/** What a rule does where its expression is true. */
public enum RuleEffect {
  DENY,
  ALLOW;

  /** As it is written. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
