package dev.candor.governance.evidence;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.PlainText;
import java.util.Arrays;
import java.util.Locale;

/**
 * What a document of evidence comes to. That something was waived is no verdict: it is said by a
 * waiver, and the verdict stays what it was.
 */
public enum Verdict {
  /** It speaks for the model. */
  PASS,
  /** It speaks against it. */
  FAIL,
  /** Too little was seen to say either. It counts as little as a failure. */
  INSUFFICIENT_DATA;

  /** As entries and documents write it: {@code pass}, {@code fail}, {@code insufficient-data}. */
  public String key() {
    return name().toLowerCase(Locale.ROOT).replace('_', '-');
  }

  /**
   * The verdict of this key.
   *
   * @throws GovernanceException {@code governance.verdict-unknown}
   */
  public static Verdict of(String key) {
    return Arrays.stream(values())
        .filter(verdict -> verdict.key().equals(key))
        .findFirst()
        .orElseThrow(() ->
            new GovernanceException(
                "verdict-unknown",
                "there is no verdict '" + PlainText.shown(key) + "'",
                "Verdicts are pass, fail and insufficient-data."));
  }
}
