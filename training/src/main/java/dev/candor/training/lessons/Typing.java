package dev.candor.training.lessons;

import java.util.Locale;

/** Texts as people type them. */
final class Typing {

  private static final int TYPED_HASTILY_PERCENT = 25;

  private Typing() {}

  /** A quarter of the texts with small letters only, without the last stop, or with slips. */
  static String hasty(String text, Draws draws) {
    if (!draws.chance(TYPED_HASTILY_PERCENT)) {
      return text;
    }
    return switch (draws.below(4)) {
      case 0 -> text.toLowerCase(Locale.ROOT);
      case 1 -> withoutLastMark(text.toLowerCase(Locale.ROOT));
      case 2 -> withoutLastMark(text);
      default -> slips(text, draws);
    };
  }

  private static String withoutLastMark(String text) {
    char last = text.charAt(text.length() - 1);
    return text.length() > 1 && (last == '.' || last == '?' || last == '!')
        ? text.substring(0, text.length() - 1)
        : text;
  }

  /** One or two letters doubled, left out, or in the wrong order; digits and capitals stay. */
  private static String slips(String text, Draws draws) {
    StringBuilder typed = new StringBuilder(text);
    for (int i = draws.between(1, 2); i > 0; i--) {
      int at = draws.below(typed.length());
      if (at + 1 >= typed.length()
          || !isSmall(typed.charAt(at))
          || !isSmall(typed.charAt(at + 1))) {
        continue;
      }
      char letter = typed.charAt(at);
      switch (draws.below(3)) {
        case 0 -> typed.insert(at, letter);
        case 1 -> typed.deleteCharAt(at);
        default -> {
          typed.setCharAt(at, typed.charAt(at + 1));
          typed.setCharAt(at + 1, letter);
        }
      }
    }
    return typed.toString();
  }

  private static boolean isSmall(char c) {
    return c >= 'a' && c <= 'z';
  }
}
