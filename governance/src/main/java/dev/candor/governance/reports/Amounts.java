package dev.candor.governance.reports;

import java.math.BigDecimal;
import java.math.MathContext;
import java.math.RoundingMode;
import java.time.Instant;
import java.util.Locale;

/** Numbers as people read them: the same wherever the program runs. */
final class Amounts {

  private static final long MICROS_OF_A_MILLI = 1_000;
  private static final long MICROS_OF_A_SECOND = 1_000_000;

  private Amounts() {}

  /** With a comma between thousands. */
  static String number(long value) {
    return String.format(Locale.ROOT, "%,d", value);
  }

  /** A number and what it counts: the singular of one. */
  static String of(long value, String one, String many) {
    return number(value) + " " + (value == 1 ? one : many);
  }

  /** A time, in three digits. */
  static String micros(long micros) {
    if (micros >= MICROS_OF_A_SECOND) {
      return digits(micros, MICROS_OF_A_SECOND) + " s";
    }
    return micros >= MICROS_OF_A_MILLI ? digits(micros, MICROS_OF_A_MILLI) + " ms" : micros + " µs";
  }

  private static String digits(long value, long of) {
    BigDecimal exact = BigDecimal.valueOf(value).divide(BigDecimal.valueOf(of));
    return exact
        .round(
            new MathContext(Math.max(3, exact.precision() - exact.scale()), RoundingMode.HALF_UP))
        .toPlainString();
  }

  /** A share in whole hundredths. */
  static String share(long part, long of) {
    return of == 0 ? "UNKNOWN" : Math.round(100.0 * part / of) + " %";
  }

  /** An instant to the minute. */
  static String minute(Instant instant) {
    return instant.toString().replaceFirst("T(\\d\\d:\\d\\d).*", " $1 UTC");
  }

  /** A day. */
  static String day(Instant instant) {
    return instant.toString().substring(0, 10);
  }
}
