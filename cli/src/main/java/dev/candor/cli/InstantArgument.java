package dev.candor.cli;

import java.time.DateTimeException;
import java.time.Instant;
import java.time.LocalDate;
import java.time.ZoneOffset;

/** An instant, or the beginning of a day, as options write it. */
final class InstantArgument {

  private InstantArgument() {}

  /**
   * Reads one.
   *
   * @param option it is given with, for the message
   * @throws CommandException {@code input.instant}
   */
  static Instant parse(String option, String text) {
    try {
      return text.length() == 10
          ? LocalDate.parse(text).atStartOfDay(ZoneOffset.UTC).toInstant()
          : Instant.parse(text);
    } catch (DateTimeException e) {
      throw new CommandException(
          "input.instant",
          option + " is '" + text + "', allowed is 2027-12-31 or 2027-12-31T00:00:00Z",
          "Write it so; it is UTC.");
    }
  }
}
