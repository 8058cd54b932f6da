package dev.candor.server.openai;

import dev.candor.server.RequestFields;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/** The field {@code keep_alive}, as Ollama has it: seconds, or a text such as {@code 10m}. */
public final class KeepAlive {

  private static final Pattern TEXT = Pattern.compile("(-?\\d{1,7})(s|m|h)?");

  private KeepAlive() {}

  /** Seconds that the model stays in memory when nobody asks it any more; negative for ever. */
  public static OptionalInt read(RequestFields fields) {
    Object value = fields.value("keep_alive").orElse("");
    if (value.equals("")) {
      return OptionalInt.empty();
    }
    Matcher text = TEXT.matcher(String.valueOf(value));
    if (!text.matches()) {
      throw fields.wrong("keep_alive", "is neither seconds nor a text such as 10m");
    }
    int number = Integer.parseInt(text.group(1));
    int unit =
        switch (String.valueOf(text.group(2))) {
          case "m" -> 60;
          case "h" -> 3_600;
          default -> 1;
        };
    long seconds = (long) number * unit;
    if (seconds > Integer.MAX_VALUE) {
      throw fields.wrong("keep_alive", "is longer than " + Integer.MAX_VALUE + " seconds");
    }
    return OptionalInt.of(number < 0 ? -1 : (int) seconds);
  }
}
