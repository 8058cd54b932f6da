package dev.candor.engine.constraints;

import dev.candor.engine.json.JsonObject;
import java.util.ArrayList;
import java.util.List;

/** Decimal numbers between bounds, as expressions over their digits. */
final class NumberRanges {

  /** Whole numbers that a double tells apart have magnitudes up to this. */
  private static final long LARGEST_INTEGER = 999_999_999_999_999L;

  private final Expressions e;
  private final JsonSyntax json;

  NumberRanges(Expressions e, JsonSyntax json) {
    this.e = e;
    this.json = json;
  }

  /** What the bounds of a schema allow; all numbers if it has none. */
  int of(JsonObject schema, boolean isInteger, String where) {
    if (schema.members().keySet().stream().noneMatch(JsonSchema.NUMBER::contains)) {
      return isInteger ? json.anyInteger() : json.anyNumber();
    }
    double least = bound(schema, "minimum", -LARGEST_INTEGER, where);
    double most = bound(schema, "maximum", LARGEST_INTEGER, where);
    double above = bound(schema, "exclusiveMinimum", Double.NEGATIVE_INFINITY, where);
    double below = bound(schema, "exclusiveMaximum", Double.POSITIVE_INFINITY, where);
    boolean excludesLeast = above >= least;
    boolean excludesMost = below <= most;
    double from = Math.max(least, above);
    double to = Math.min(most, below);
    if (!isInteger) {
      return numbers(from, to, excludesLeast, excludesMost);
    }
    long first = (long) Math.ceil(from);
    long last = (long) Math.floor(to);
    return integers(
        excludesLeast && first == from ? first + 1 : first,
        excludesMost && last == to ? last - 1 : last);
  }

  private static double bound(JsonObject schema, String keyword, double absent, String where) {
    Object value = schema.members().get(keyword);
    if (value == null) {
      return absent;
    }
    if (!(value instanceof Number number)) {
      throw JsonSchema.malformed(where, "has a " + keyword + " that is no number");
    }
    return Math.clamp(number.doubleValue(), -LARGEST_INTEGER, LARGEST_INTEGER);
  }

  /** Whole numbers in [least, most], without leading zeros; none if least is above most. */
  private int integers(long least, long most) {
    if (least > most) {
      return Expressions.NONE;
    }
    List<Integer> parts = new ArrayList<>();
    if (least < 0) {
      long from = most < 0 ? -most : 1;
      parts.add(e.sequence(e.bytes('-', '-'), naturals(from, -least)));
    }
    if (most >= 0) {
      parts.add(naturals(Math.max(0, least), most));
    }
    return e.either(parts);
  }

  /**
   * Numbers between the bounds, with up to 15 digits behind the point: all whole ones, and those
   * with a fraction whose whole part and its neighbour away from zero are both within.
   *
   * @param excludesLeast whether the lower bound itself is out, likewise the upper
   */
  private int numbers(double least, double most, boolean excludesLeast, boolean excludesMost) {
    long from = (long) Math.ceil(least);
    long to = (long) Math.floor(most);
    int whole =
        integers(
            excludesLeast && from == least ? from + 1 : from,
            excludesMost && to == most ? to - 1 : to);
    List<Integer> parts = new ArrayList<>(List.of(whole));
    // n.f lies strictly between n and n + 1, or is n: n itself must be allowed, n + 1 need not.
    long lowest = excludesLeast && from == least ? from + 1 : from;
    int positive = integers(Math.max(0, lowest), to - 1);
    parts.add(e.sequence(positive, json.fraction()));
    long highest = excludesMost && to == most ? to - 1 : to;
    int negative = integers(from + 1, Math.min(-1, highest));
    parts.add(e.sequence(negative, json.fraction()));
    // −0.f lies between −1 and 0.
    if (from <= -1 && highest >= 0) {
      parts.add(e.sequence(json.literal("-0"), json.fraction()));
    }
    return e.either(parts);
  }

  /** 0 ≤ least ≤ most. */
  private int naturals(long least, long most) {
    List<Integer> parts = new ArrayList<>();
    long from = least;
    while (from <= most) {
      int digits = Long.toString(from).length();
      long largest = digits >= 18 ? Long.MAX_VALUE : power(digits) - 1;
      long to = Math.min(most, largest);
      parts.add(sameLength(Long.toString(from), Long.toString(to), 0));
      if (to == most) {
        break;
      }
      from = to + 1;
    }
    return e.either(parts);
  }

  private static long power(int digits) {
    long power = 1;
    for (int i = 0; i < digits; i++) {
      power *= 10;
    }
    return power;
  }

  private int sameLength(String low, String high, int at) {
    if (at == low.length()) {
      return Expressions.EMPTY;
    }
    char first = low.charAt(at);
    char last = high.charAt(at);
    if (first == last) {
      return e.sequence(e.bytes(first, first), sameLength(low, high, at + 1));
    }
    int rest = low.length() - at - 1;
    List<Integer> parts = new ArrayList<>();
    String nines = low.substring(0, at + 1) + "9".repeat(rest);
    parts.add(e.sequence(e.bytes(first, first), sameLength(low, nines, at + 1)));
    if (first + 1 <= last - 1) {
      parts.add(e.sequence(e.bytes(first + 1, last - 1), e.repeat(e.bytes('0', '9'), rest, rest)));
    }
    String zeros = high.substring(0, at + 1) + "0".repeat(rest);
    parts.add(e.sequence(e.bytes(last, last), sameLength(zeros, high, at + 1)));
    return e.either(parts);
  }
}
