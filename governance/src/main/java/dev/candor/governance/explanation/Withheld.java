package dev.candor.governance.explanation;

import java.util.Locale;

/** Why an explanation cannot be tested, and is therefore withheld. */
public enum Withheld {
  /** Of so few spans any order is good by chance too often. */
  TOO_FEW_SPANS,
  /** The model thought aloud first: with a span left out it thinks something else. */
  THOUGHTS,
  /** The text does not stand in the prompt as it was asked, so no span can be left out. */
  PROMPT;

  /** As records write it. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }
}
