package dev.candor.governance;

/**
 * The form of every id that a person chooses, such as a purpose or a rule: words of {@code a–z} and
 * {@code 0–9}, joined by single dashes, beginning with a letter, at most {@value #MOST} characters.
 * So ids can be listed with spaces between them, and two that look alike are alike.
 */
public final class KebabCase {

  /** Most characters of an id. */
  public static final int MOST = 64;

  private KebabCase() {}

  /** Whether this has the form. */
  public static boolean is(String id) {
    if (id.isEmpty() || id.length() > MOST || !isLetter(id.charAt(0)) || id.endsWith("-")) {
      return false;
    }
    for (int i = 1; i < id.length(); i++) {
      char c = id.charAt(i);
      boolean dash = c == '-' && id.charAt(i - 1) != '-';
      if (!dash && !isLetter(c) && (c < '0' || c > '9')) {
        return false;
      }
    }
    return true;
  }

  /**
   * The id, if it has the form.
   *
   * @param reason of the error if it has not, see {@link GovernanceException}
   * @param field what it is the id of, for the message
   */
  public static String require(String id, String reason, String field) {
    if (!is(id)) {
      throw new GovernanceException(
          reason,
          field
              + " is '"
              + PlainText.shown(id)
              + "', allowed are 1 to "
              + MOST
              + " of a-z, 0-9 and single dashes, beginning with a letter",
          "Write it like this: first-line-support.");
    }
    return id;
  }

  private static boolean isLetter(char c) {
    return c >= 'a' && c <= 'z';
  }
}
