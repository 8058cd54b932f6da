package dev.candor.governance.evidence;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.PlainText;
import java.time.DateTimeException;
import java.time.Instant;

/** Checks of single values, before they are recorded and when they are read again. */
public final class RecordedText {

  private RecordedText() {}

  /**
   * An instant such as {@code 2027-05-01T00:00:00Z}.
   *
   * @throws GovernanceException {@code governance.instant-malformed}
   */
  public static Instant instant(String field, String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw new GovernanceException(
          "instant-malformed",
          field + " is '" + PlainText.shown(text) + "', allowed is an instant",
          "Write it as 2027-05-01T00:00:00Z.",
          e);
    }
  }

  /**
   * A text on one line, not blank.
   *
   * @throws GovernanceException {@code governance.text-malformed}
   */
  public static String line(String field, String text, int most) {
    if (text.isBlank() || text.length() > most || !PlainText.isPlain(text)) {
      throw new GovernanceException(
          "text-malformed",
          field
              + " is '"
              + PlainText.shown(text)
              + "', allowed are 1 to "
              + most
              + " visible characters on one line",
          "Correct " + field + ".");
    }
    return text;
  }
}
