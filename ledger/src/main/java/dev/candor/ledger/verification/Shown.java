package dev.candor.ledger.verification;

import java.util.Locale;

/** Text that is safe on any terminal and in any file: printable ASCII, the rest spelt out. */
final class Shown {

  private Shown() {}

  static String text(String text) {
    StringBuilder shown = new StringBuilder(text.length());
    text.codePoints()
        .forEach(c -> {
          if (c >= 0x20 && c <= 0x7E && c != '\\') {
            shown.append((char) c);
          } else {
            shown.append(String.format(Locale.ROOT, "\\u{%X}", c));
          }
        });
    return shown.toString();
  }
}
