package dev.candor.engine.tokenizers;

import java.util.List;

/** Changes text before it is split. Immutable. */
@FunctionalInterface
interface Normalizer {

  /** Changes nothing. */
  Normalizer NONE = text -> text;

  String normalize(String text);

  /** One after the other. */
  static Normalizer sequence(List<Normalizer> steps) {
    if (steps.isEmpty()) {
      return NONE;
    }
    if (steps.size() == 1) {
      return steps.getFirst();
    }
    return text -> {
      String normalized = text;
      for (Normalizer step : steps) {
        normalized = step.normalize(normalized);
      }
      return normalized;
    };
  }

  /** Puts a prefix before a text that is not empty. */
  static Normalizer prepend(String prefix) {
    return text -> text.isEmpty() ? text : prefix + text;
  }

  /** Replaces every occurrence of a string, which is not empty. */
  static Normalizer replace(String from, String to) {
    if (to.length() <= from.length()) {
      return text -> text.replace(from, to);
    }
    return text -> {
      long length = text.length();
      for (int i = text.indexOf(from); i >= 0; i = text.indexOf(from, i + from.length())) {
        length += to.length() - from.length();
        if (length > TokenizerLimits.TEXT) {
          throw TokenizerLimits.textTooLong("the text", length);
        }
      }
      return text.replace(from, to);
    };
  }

  /** One of the Unicode normalization forms. */
  static Normalizer form(java.text.Normalizer.Form form) {
    return text -> java.text.Normalizer.normalize(text, form);
  }

  /** Removes white space at the ends. */
  static Normalizer strip(boolean left, boolean right) {
    return text -> {
      int start = 0;
      int end = text.length();
      while (left && start < end && isSpace(text.charAt(start))) {
        start++;
      }
      while (right && end > start && isSpace(text.charAt(end - 1))) {
        end--;
      }
      return text.substring(start, end);
    };
  }

  private static boolean isSpace(char c) {
    return CharacterClass.is(c, CharacterClass.SPACE);
  }

  /** Lower case character by character, without regard to context or language. */
  static String lowercase(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .forEach(point -> {
          if (point == 'İ') {
            out.append("i\u0307"); // the one character whose lower case is two
          } else {
            out.appendCodePoint(Character.toLowerCase(point));
          }
        });
    return out.toString();
  }

  /** Removes non-spacing marks; of a decomposed text, its accents. */
  static String removeNonSpacingMarks(String text) {
    StringBuilder out = new StringBuilder(text.length());
    text.codePoints()
        .filter(point -> Character.getType(point) != Character.NON_SPACING_MARK)
        .forEach(out::appendCodePoint);
    return out.toString();
  }

  /** Removes accents: decomposes, then removes the marks. */
  static String stripAccents(String text) {
    return removeNonSpacingMarks(
        java.text.Normalizer.normalize(text, java.text.Normalizer.Form.NFD));
  }

  /**
   * BERT's (Devlin et al. 2019): removes control characters, makes all white space spaces, sets
   * Chinese characters apart, removes accents, lowers case.
   */
  record Bert(boolean cleans, boolean separatesChinese, boolean stripsAccents, boolean lowercases)
      implements Normalizer {

    @Override
    public String normalize(String text) {
      StringBuilder out = new StringBuilder(text.length());
      text.codePoints().forEach(point -> add(point, out));
      String normalized = out.toString();
      if (stripsAccents) {
        normalized = stripAccents(normalized);
      }
      return lowercases ? lowercase(normalized) : normalized;
    }

    private void add(int point, StringBuilder out) {
      int kept = point;
      if (cleans) {
        if (isControl(point)) {
          return;
        }
        if (CharacterClass.is(point, CharacterClass.SPACE)) {
          kept = ' ';
        }
      }
      if (separatesChinese && isChinese(kept)) {
        out.append(' ').appendCodePoint(kept).append(' ');
      } else {
        out.appendCodePoint(kept);
      }
    }

    private static boolean isControl(int point) {
      if (point == '\t' || point == '\n' || point == '\r') {
        return false;
      }
      return point == 0xFFFD
          || switch (Character.getType(point)) {
            case Character.CONTROL, Character.FORMAT, Character.PRIVATE_USE -> true;
            default -> false;
          };
    }

    private static boolean isChinese(int point) {
      return point >= 0x4E00 && point <= 0x9FFF
          || point >= 0x3400 && point <= 0x4DBF
          || point >= 0x20000 && point <= 0x2A6DF
          || point >= 0x2A700 && point <= 0x2B73F
          || point >= 0x2B740 && point <= 0x2B81F
          || point >= 0x2B920 && point <= 0x2CEAF
          || point >= 0xF900 && point <= 0xFAFF
          || point >= 0x2F800 && point <= 0x2FA1F;
    }
  }
}
