package dev.candor.server.openai;

import dev.candor.server.RequestFields;
import java.math.BigDecimal;
import java.math.RoundingMode;
import java.util.Optional;
import java.util.OptionalInt;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * The field {@code keep_alive}, as Ollama has it: seconds, or a duration as Go writes them, such as
 * {@code 10m} or {@code 1h30m}.
 */
public final class KeepAlive {

  /** The expression of a duration takes a piece of the stack for each part. */
  private static final int MOST_CHARACTERS = 100;

  private static final String NUMBER = "\\d{1,10}(?:\\.\\d{1,9})?";
  private static final Pattern SECONDS = Pattern.compile("-?" + NUMBER);
  private static final Pattern DURATION = Pattern.compile("-?(?:" + NUMBER + "(?:ms|s|m|h))+");
  private static final Pattern PART = Pattern.compile("(" + NUMBER + ")(ms|s|m|h)");

  private KeepAlive() {}

  /** Seconds that the model stays in memory when nobody asks it any more; negative for ever. */
  public static OptionalInt read(RequestFields fields) {
    Optional<Object> value = fields.value("keep_alive");
    if (value.isEmpty()) {
      return OptionalInt.empty();
    }
    return switch (value.get()) {
      case Long number -> seconds(fields, BigDecimal.valueOf(number));
      case Double number when Double.isFinite(number) ->
          seconds(fields, BigDecimal.valueOf(number));
      case String text when SECONDS.matcher(text).matches() ->
          seconds(fields, new BigDecimal(text));
      case String text when text.length() <= MOST_CHARACTERS && DURATION.matcher(text).matches() ->
          seconds(fields, sum(text));
      default -> throw fields.wrong("keep_alive", "is neither seconds nor a text such as 10m");
    };
  }

  private static BigDecimal sum(String duration) {
    BigDecimal sum = BigDecimal.ZERO;
    Matcher part = PART.matcher(duration);
    while (part.find()) {
      sum = sum.add(new BigDecimal(part.group(1)).multiply(unit(part.group(2))));
    }
    return duration.startsWith("-") ? sum.negate() : sum;
  }

  private static BigDecimal unit(String name) {
    return switch (name) {
      case "ms" -> new BigDecimal("0.001");
      case "m" -> BigDecimal.valueOf(60);
      case "h" -> BigDecimal.valueOf(3_600);
      default -> BigDecimal.ONE;
    };
  }

  private static OptionalInt seconds(RequestFields fields, BigDecimal amount) {
    if (amount.signum() < 0) {
      return OptionalInt.of(-1);
    }
    if (amount.compareTo(BigDecimal.valueOf(Integer.MAX_VALUE)) > 0) {
      throw fields.wrong("keep_alive", "is longer than " + Integer.MAX_VALUE + " seconds");
    }
    return OptionalInt.of(amount.setScale(0, RoundingMode.CEILING).intValue());
  }
}
