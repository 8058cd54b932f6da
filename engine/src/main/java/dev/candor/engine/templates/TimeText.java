package dev.candor.engine.templates;

import java.time.LocalDateTime;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** {@code strftime} in English, of the time that the caller gave. */
final class TimeText {

  private TimeText() {}

  static String format(String format, Execution run) {
    StringBuilder out = new StringBuilder();
    for (int i = 0; i < format.length(); i++) {
      char c = format.charAt(i);
      if (c != '%' || i + 1 == format.length()) {
        out.append(c);
        continue;
      }
      char directive = format.charAt(++i);
      out.append(directive == '%' ? "%" : part(directive, run));
    }
    return out.toString();
  }

  private static String part(char directive, Execution run) {
    String pattern =
        switch (directive) {
          case 'a' -> "EEE";
          case 'A' -> "EEEE";
          case 'b', 'h' -> "MMM";
          case 'B' -> "MMMM";
          case 'd' -> "dd";
          case 'D' -> "MM/dd/yy";
          case 'F' -> "yyyy-MM-dd";
          case 'H' -> "HH";
          case 'I' -> "hh";
          case 'j' -> "DDD";
          case 'm' -> "MM";
          case 'M' -> "mm";
          case 'p' -> "a";
          case 'S' -> "ss";
          case 'T' -> "HH:mm:ss";
          case 'y' -> "yy";
          case 'Y' -> "yyyy";
          default -> throw run.unsupported("the time directive %" + directive);
        };
    LocalDateTime now = run.now();
    return now.format(DateTimeFormatter.ofPattern(pattern, Locale.ENGLISH));
  }
}
