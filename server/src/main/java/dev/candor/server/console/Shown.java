package dev.candor.server.console;

import java.time.Instant;
import java.time.ZoneOffset;
import java.time.format.DateTimeFormatter;
import java.util.Locale;

/** Quantities as pages write them. */
public final class Shown {

  private static final DateTimeFormatter SECONDS =
      DateTimeFormatter.ofPattern("yyyy-MM-dd HH:mm:ss 'UTC'", Locale.ROOT)
          .withZone(ZoneOffset.UTC);

  private static final int SHORT = 12;

  private Shown() {}

  /** A time, to the second, in UTC. */
  public static String time(Instant instant) {
    return SECONDS.format(instant);
  }

  /** The time of an entry. */
  public static String time(String instant) {
    return time(Instant.parse(instant));
  }

  /** Bytes in the largest unit of which there is one. */
  public static String bytes(long bytes) {
    if (bytes < 0) {
      return "unknown";
    }
    String[] units = {"B", "KiB", "MiB", "GiB", "TiB"};
    double value = bytes;
    int unit = 0;
    while (value >= 1_024 && unit < units.length - 1) {
      value /= 1_024;
      unit++;
    }
    return unit == 0
        ? bytes + " B"
        : String.format(Locale.ROOT, value < 10 ? "%.1f %s" : "%.0f %s", value, units[unit]);
  }

  /** A time span; below 0 there is none. */
  public static String millis(double millis) {
    if (millis < 0) {
      return "none";
    }
    return millis < 1_000
        ? String.format(Locale.ROOT, "%.0f ms", millis)
        : String.format(Locale.ROOT, "%.2f s", millis / 1_000);
  }

  /** A share. */
  public static String percent(double share) {
    return String.format(Locale.ROOT, "%.1f %%", 100 * share);
  }

  /** A number with three decimals. */
  public static String decimals(double value) {
    return String.format(Locale.ROOT, "%.3f", value);
  }

  /** A rate. */
  public static String rate(double value) {
    return String.format(Locale.ROOT, "%.1f", value);
  }

  /** A whole number, with its thousands set apart. */
  public static String count(long value) {
    return String.format(Locale.ROOT, "%,d", value).replace(',', '\u202F');
  }

  /** The first digits of a digest, or of an id. */
  public static String digits(String digest) {
    return digest.length() <= SHORT ? digest : digest.substring(0, SHORT);
  }
}
