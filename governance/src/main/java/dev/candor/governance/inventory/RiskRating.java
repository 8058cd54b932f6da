package dev.candor.governance.inventory;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.PlainText;
import java.util.Arrays;
import java.util.Locale;

/** How much may go wrong with a model, before anything is done about it; ascending. */
public enum RiskRating {
  NEGLIGIBLE,
  LOW,
  MEDIUM,
  HIGH;

  /** As it is written. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }

  /** The higher of both. */
  public RiskRating atLeast(RiskRating other) {
    return compareTo(other) >= 0 ? this : other;
  }

  /**
   * The rating of this key.
   *
   * @throws GovernanceException {@code governance.rating-unknown}
   */
  public static RiskRating of(String key) {
    return Arrays.stream(values())
        .filter(rating -> rating.key().equals(key))
        .findFirst()
        .orElseThrow(() ->
            new GovernanceException(
                "rating-unknown",
                "there is no rating '" + PlainText.shown(key) + "'",
                "Ratings are negligible, low, medium and high."));
  }
}
