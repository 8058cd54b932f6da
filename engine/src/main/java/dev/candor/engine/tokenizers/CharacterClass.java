package dev.candor.engine.tokenizers;

/**
 * The classes of characters that tokenizers tell apart, after the Unicode general categories of
 * {@link Character} and the property White_Space.
 */
final class CharacterClass {

  /** {@code \p{L}}. */
  static final int LETTER = 1;

  /** {@code \p{N}}. */
  static final int NUMBER = 2;

  /** {@code \s}: the property White_Space. */
  static final int SPACE = 4;

  /** {@code [\r\n]}. */
  static final int NEWLINE = 8;

  /** {@code [\p{Lu}\p{Lt}\p{Lm}\p{Lo}\p{M}]}. */
  static final int NOT_LOWER = 16;

  /** {@code [\p{Ll}\p{Lm}\p{Lo}\p{M}]}. */
  static final int NOT_UPPER = 32;

  /** {@code \p{M}}. */
  static final int MARK = 64;

  /**
   * The classes of the code points that most text is made of, up to Arabic. The whole basic plane
   * would take longer to compute than a prompt takes to be encoded.
   */
  private static final byte[] FREQUENT = new byte[0x800];

  static {
    for (int point = 0; point < FREQUENT.length; point++) {
      FREQUENT[point] = (byte) compute(point);
    }
  }

  private CharacterClass() {}

  /** The classes that a code point is of. */
  static int of(int point) {
    return point < FREQUENT.length ? FREQUENT[point] : compute(point);
  }

  /** Whether a code point is of any of the classes. */
  static boolean is(int point, int classes) {
    return (of(point) & classes) != 0;
  }

  private static int compute(int point) {
    int classes =
        switch (Character.getType(point)) {
          case Character.UPPERCASE_LETTER, Character.TITLECASE_LETTER -> LETTER | NOT_LOWER;
          case Character.LOWERCASE_LETTER -> LETTER | NOT_UPPER;
          case Character.MODIFIER_LETTER, Character.OTHER_LETTER -> LETTER | NOT_LOWER | NOT_UPPER;
          case Character.NON_SPACING_MARK,
              Character.COMBINING_SPACING_MARK,
              Character.ENCLOSING_MARK ->
              MARK | NOT_LOWER | NOT_UPPER;
          case Character.DECIMAL_DIGIT_NUMBER, Character.LETTER_NUMBER, Character.OTHER_NUMBER ->
              NUMBER;
          default -> 0;
        };
    if (isWhiteSpace(point)) {
      classes |= SPACE;
    }
    return point == '\n' || point == '\r' ? classes | NEWLINE : classes;
  }

  private static boolean isWhiteSpace(int point) {
    return point >= '\t' && point <= '\r'
        || point == 0x85
        || switch (Character.getType(point)) {
          case Character.SPACE_SEPARATOR, Character.LINE_SEPARATOR, Character.PARAGRAPH_SEPARATOR ->
              true;
          default -> false;
        };
  }

  /** {@code \p{P}}. */
  static boolean isPunctuation(int point) {
    return switch (Character.getType(point)) {
      case Character.CONNECTOR_PUNCTUATION,
          Character.DASH_PUNCTUATION,
          Character.START_PUNCTUATION,
          Character.END_PUNCTUATION,
          Character.INITIAL_QUOTE_PUNCTUATION,
          Character.FINAL_QUOTE_PUNCTUATION,
          Character.OTHER_PUNCTUATION ->
          true;
      default -> false;
    };
  }

  /** {@code \w} of Unicode Technical Standard 18: alphabetic, mark, decimal digit, connector. */
  static boolean isWord(int point) {
    return Character.isAlphabetic(point)
        || is(point, MARK)
        || switch (Character.getType(point)) {
          case Character.DECIMAL_DIGIT_NUMBER, Character.CONNECTOR_PUNCTUATION -> true;
          default -> point == 0x200C || point == 0x200D;
        };
  }
}
