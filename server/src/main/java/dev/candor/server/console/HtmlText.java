package dev.candor.server.console;

/** Text made fit to stand in a page, for what goes out token by token and past the templates. */
final class HtmlText {

  private HtmlText() {}

  /**
   * What no browser takes for anything but text. Controls, and what turns the direction of the text
   * behind it, become U+FFFD: an answer cannot make a page say something else.
   */
  static String escaped(String text) {
    StringBuilder escaped = new StringBuilder(text.length() + 16);
    text.codePoints()
        .forEach(c -> {
          switch (c) {
            case '&' -> escaped.append("&amp;");
            case '<' -> escaped.append("&lt;");
            case '>' -> escaped.append("&gt;");
            case '"' -> escaped.append("&quot;");
            case '\'' -> escaped.append("&#39;");
            case '\n', '\t' -> escaped.append((char) c);
            default -> escaped.appendCodePoint(isHarmless(c) ? c : '\uFFFD');
          }
        });
    return escaped.toString();
  }

  /** Text for a template, which escapes it: without what {@link #escaped} replaces. */
  static String harmless(String text) {
    StringBuilder harmless = new StringBuilder(text.length());
    text.codePoints()
        .forEach(
            c -> harmless.appendCodePoint(c == '\n' || c == '\t' || isHarmless(c) ? c : '\uFFFD'));
    return harmless.toString();
  }

  private static boolean isHarmless(int c) {
    return switch (Character.getType(c)) {
      case Character.CONTROL, Character.SURROGATE, Character.UNASSIGNED -> false;
      // Joiners and soft hyphens belong to scripts; the others turn directions or hide text.
      case Character.FORMAT -> c == 0x200D || c == 0x200C || c == 0xAD;
      default -> true;
    };
  }
}
