package dev.candor.engine.constraints;

import java.util.ArrayList;
import java.util.List;

/** Sets of Unicode characters as expressions over their UTF-8 bytes (RFC 3629). */
final class Characters {

  static final int LARGEST = 0x10FFFF;

  /** Characters in [first, last]; surrogates are none. */
  record Range(int first, int last) {}

  /** The last character of one, two, three and four bytes. */
  private static final int[] LAST_OF_LENGTH = {0x7F, 0x7FF, 0xFFFF, LARGEST};

  private Characters() {}

  /** One character of these. */
  static int of(Expressions e, List<Range> ranges) {
    List<Integer> alternatives = new ArrayList<>();
    for (Range range : ranges) {
      // Surrogates have no UTF-8.
      add(e, range.first, Math.min(range.last, 0xD7FF), alternatives);
      add(e, Math.max(range.first, 0xE000), range.last, alternatives);
    }
    return e.either(alternatives);
  }

  private static void add(Expressions e, int first, int last, List<Integer> alternatives) {
    int from = first;
    for (int length = 1; length <= 4 && from <= last; length++) {
      int to = Math.min(last, LAST_OF_LENGTH[length - 1]);
      if (from <= to) {
        alternatives.add(sequences(e, encode(from, length), encode(to, length), 0));
        from = to + 1;
      }
    }
  }

  /** Byte strings of one length between two, from the byte at {@code at} on. */
  private static int sequences(Expressions e, int[] low, int[] high, int at) {
    if (at == low.length) {
      return Expressions.EMPTY;
    }
    if (low[at] == high[at]) {
      return e.sequence(e.bytes(low[at], low[at]), sequences(e, low, high, at + 1));
    }
    List<Integer> alternatives = new ArrayList<>();
    int from = low[at];
    int to = high[at];
    int[] least = low.clone();
    int[] most = low.clone();
    for (int i = at + 1; i < low.length; i++) {
      least[i] = 0x80;
      most[i] = 0xBF;
    }
    if (!isAll(low, at + 1, 0x80)) {
      alternatives.add(e.sequence(e.bytes(from, from), sequences(e, low, most, at + 1)));
      from++;
    }
    if (!isAll(high, at + 1, 0xBF)) {
      alternatives.add(e.sequence(e.bytes(to, to), sequences(e, least, high, at + 1)));
      to--;
    }
    if (from <= to) {
      alternatives.add(e.sequence(e.bytes(from, to), sequences(e, least, most, at + 1)));
    }
    return e.either(alternatives);
  }

  private static boolean isAll(int[] bytes, int from, int value) {
    for (int i = from; i < bytes.length; i++) {
      if (bytes[i] != value) {
        return false;
      }
    }
    return true;
  }

  private static int[] encode(int character, int length) {
    int[] bytes = new int[length];
    int rest = character;
    for (int i = length - 1; i > 0; i--) {
      bytes[i] = 0x80 | rest & 0x3F;
      rest >>= 6;
    }
    int[] lead = {0, 0xC0, 0xE0, 0xF0};
    bytes[0] = lead[length - 1] | rest;
    return bytes;
  }

  /** All others. */
  static List<Range> complement(List<Range> ranges) {
    List<Range> sorted = new ArrayList<>(ranges);
    sorted.sort((a, b) -> Integer.compare(a.first, b.first));
    List<Range> others = new ArrayList<>();
    int next = 0;
    for (Range range : sorted) {
      if (range.first > next) {
        others.add(new Range(next, range.first - 1));
      }
      next = Math.max(next, range.last + 1);
    }
    if (next <= LARGEST) {
      others.add(new Range(next, LARGEST));
    }
    return others;
  }

  /** Those of the ranges that lie in [first, last]. */
  static List<Range> within(List<Range> ranges, int first, int last) {
    List<Range> inside = new ArrayList<>();
    for (Range range : ranges) {
      int from = Math.max(first, range.first);
      int to = Math.min(last, range.last);
      if (from <= to) {
        inside.add(new Range(from, to));
      }
    }
    return inside;
  }
}
