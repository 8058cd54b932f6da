package dev.candor.governance.figures;

import dev.candor.governance.GovernanceException;
import dev.candor.governance.PlainText;
import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;
import java.time.temporal.ChronoUnit;
import java.util.regex.Matcher;
import java.util.regex.Pattern;

/**
 * A time that a report is about, in UTC.
 *
 * @param name as a person calls it, such as {@code 2026-Q4}
 * @param from its first instant
 * @param to the first instant behind it
 */
public record Period(String name, Instant from, Instant to) {

  private static final Pattern QUARTER = Pattern.compile("([0-9]{4})-Q([1-4])");
  private static final int MONTHS = 3;
  private static final int DAY_LENGTH = 10;

  /**
   * @throws GovernanceException {@code governance.period-malformed} if it ends before it begins
   */
  public Period {
    if (!from.isBefore(to)) {
      throw malformed("it ends at " + to + ", which is not after its beginning " + from);
    }
  }

  /**
   * A quarter of a year.
   *
   * @param text such as {@code 2026-Q4}
   * @throws GovernanceException {@code governance.period-malformed}
   */
  public static Period quarter(String text) {
    Matcher matcher = QUARTER.matcher(text);
    if (!matcher.matches()) {
      throw malformed("'" + PlainText.shown(text) + "' is no quarter");
    }
    return quarter(Integer.parseInt(matcher.group(1)), Integer.parseInt(matcher.group(2)));
  }

  private static Period quarter(int year, int quarter) {
    LocalDate first = LocalDate.of(year, (quarter - 1) * MONTHS + 1, 1);
    return new Period(
        "%04d-Q%d".formatted(year, quarter), start(first), start(first.plusMonths(MONTHS)));
  }

  /** The quarter that an instant lies in. */
  public static Period quarterOf(Instant instant) {
    LocalDate day = LocalDate.ofInstant(instant, ZoneOffset.UTC);
    return quarter(day.getYear(), (day.getMonthValue() - 1) / MONTHS + 1);
  }

  /**
   * Days.
   *
   * @param from its first, such as {@code 2026-10-01}
   * @param to its last
   * @throws GovernanceException {@code governance.period-malformed}
   */
  public static Period days(String from, String to) {
    return new Period(from + " to " + to, start(day(from)), start(day(to).plusDays(1)));
  }

  /** The one of the same length that ends where this begins; of a quarter, the quarter before. */
  public Period before() {
    if (QUARTER.matcher(name).matches()) {
      return quarterOf(from.minus(1, ChronoUnit.DAYS));
    }
    Instant start = from.minus(ChronoUnit.SECONDS.between(from, to), ChronoUnit.SECONDS);
    return new Period(
        LocalDate.ofInstant(start, ZoneOffset.UTC)
            + " to "
            + LocalDate.ofInstant(from.minusSeconds(1), ZoneOffset.UTC),
        start,
        from);
  }

  /** Whether an instant lies in it. */
  public boolean contains(Instant instant) {
    return !instant.isBefore(from) && instant.isBefore(to);
  }

  private static LocalDate day(String text) {
    try {
      // Years of four digits: a day behind the last, or before the first, is still a day.
      if (text.length() == DAY_LENGTH) {
        return LocalDate.parse(text);
      }
      throw malformed("'" + PlainText.shown(text) + "' is no day");
    } catch (DateTimeException e) {
      throw malformed("'" + PlainText.shown(text) + "' is no day");
    }
  }

  private static Instant start(LocalDate day) {
    return day.atStartOfDay(ZoneOffset.UTC).toInstant();
  }

  private static GovernanceException malformed(String why) {
    return new GovernanceException(
        "period-malformed",
        "the period cannot be read: " + why,
        "Write a quarter as 2026-Q4, a day as 2026-10-01.");
  }
}
