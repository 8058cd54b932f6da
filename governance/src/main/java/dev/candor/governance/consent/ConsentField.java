package dev.candor.governance.consent;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.PlainText;
import java.time.DateTimeException;
import java.time.Instant;
import java.util.regex.Pattern;

/** The checks of single fields, which consents and withdrawals share. */
final class ConsentField {

  private static final Pattern ID = Pattern.compile("[a-z0-9][a-z0-9-]{0,63}");
  private static final Pattern PSEUDONYM = Pattern.compile("[0-9a-f]{64}");

  private ConsentField() {}

  static String id(String id) {
    if (!ID.matcher(id).matches()) {
      throw malformed("consent", id, "1 to 64 of a-z, 0-9 and -");
    }
    return id;
  }

  static String subject(String subject) {
    if (!PSEUDONYM.matcher(subject).matches()) {
      throw malformed("subject", subject, "the 64 hexadecimal digits of a pseudonym");
    }
    return subject;
  }

  static String text(String field, String text, int most) {
    if (text.isBlank() || text.length() > most || !PlainText.isPlain(text)) {
      throw malformed(field, text, "1 to " + most + " visible characters");
    }
    return text;
  }

  static Instant instant(String field, String text) {
    try {
      return Instant.parse(text);
    } catch (DateTimeException e) {
      throw malformed(field, text, "an instant such as 2027-01-31T00:00:00Z");
    }
  }

  private static GovernanceException malformed(String field, String value, String allowed) {
    return new GovernanceException(
        "consent-malformed",
        field + " of a consent is '" + PlainText.shown(value) + "', allowed is " + allowed,
        "Correct " + field + ".");
  }
}
