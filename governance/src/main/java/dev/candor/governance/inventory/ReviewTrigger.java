package dev.candor.governance.inventory;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.PlainText;
import java.util.Arrays;
import java.util.Locale;
import java.util.stream.Collectors;

/**
 * Why a model is reviewed again. Source: OSFI Guideline E-23 (2027), Principle 3.4, which names
 * modified algorithms, parameters and supporting components, performance, data and schedule.
 */
public enum ReviewTrigger {
  MODEL,
  QUANTISATION,
  TOKENIZER,
  TEMPLATE,
  POLICY,
  PROFILE,
  ARCHITECTURE,
  PARAMETERS,
  RUNTIME,
  PERFORMANCE,
  DATA,
  USE,
  SCHEDULE,
  OTHER;

  /** As it is written; the first ones are the names of what has changed. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /**
   * The trigger of this key.
   *
   * @throws GovernanceException {@code governance.trigger-unknown}
   */
  public static ReviewTrigger of(String key) {
    return Arrays.stream(values())
        .filter(trigger -> trigger.key().equals(key))
        .findFirst()
        .orElseThrow(() ->
            new GovernanceException(
                "trigger-unknown",
                "there is no trigger '" + PlainText.shown(key) + "'",
                "Triggers are "
                    + Arrays.stream(values())
                        .map(ReviewTrigger::key)
                        .collect(Collectors.joining(", "))
                    + "."));
  }
}
