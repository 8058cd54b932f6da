package dev.candor.governance.explanation;

import java.util.Locale;

/** What becomes of a span that is not kept. Both make texts that nobody would write. */
public enum Removal {
  /** It is not there, with the white space behind it. */
  DELETE,
  /** {@value SpanText#PLACEHOLDER} stands in its place. */
  PLACEHOLDER;

  /** As it is written. */
  public String key() {
    return name().toLowerCase(Locale.ROOT);
  }
}
