package dev.candor.governance.policy;

import java.util.Locale;
import java.util.Optional;

/**
 * What became of one rule.
 *
 * @param rule its id
 * @param effect what it would do
 * @param outcome whether it did
 * @param failure why its expression had no value, if {@code outcome} is {@code FAILED}
 */
public record RuleTrace(String rule, RuleEffect effect, Outcome outcome, Optional<String> failure) {

  /** What an expression came to. */
  public enum Outcome {
    TRUE,
    FALSE,
    /** It had no value: the request is denied. */
    FAILED;

    /** As it is written. */
    public String key() {
      return name().toLowerCase(Locale.ROOT);
    }
  }
}
