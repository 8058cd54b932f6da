package dev.candor.governance;

/** What others have written, made fit for a message: short, on one line, without control. */
public final class PlainText {

  private static final int MOST = 80;

  private PlainText() {}

  /**
   * The text as a message may show it: its first {@value #MOST} characters, those that are neither
   * letters, digits, punctuation nor a plain space each replaced by {@code ?}.
   */
  public static String shown(String text) {
    StringBuilder shown = new StringBuilder();
    text.codePoints().limit(MOST).map(c -> isPlain(c) ? c : '?').forEach(shown::appendCodePoint);
    return text.codePointCount(0, text.length()) > MOST
        ? shown.append('…').toString()
        : shown.toString();
  }

  /**
   * Whether every character is visible or a plain space, and none moves a cursor or a direction.
   */
  public static boolean isPlain(String text) {
    return text.codePoints().allMatch(PlainText::isPlain);
  }

  private static boolean isPlain(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL,
          Character.FORMAT,
          Character.SURROGATE,
          Character.PRIVATE_USE,
          Character.UNASSIGNED,
          Character.LINE_SEPARATOR,
          Character.PARAGRAPH_SEPARATOR ->
          false;
      default -> true;
    };
  }
}
