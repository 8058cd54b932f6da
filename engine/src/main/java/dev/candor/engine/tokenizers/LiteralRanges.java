package dev.candor.engine.tokenizers;

import java.util.Arrays;

/** Parts of a text that are to be taken literally, such as a user's words. Immutable. */
public final class LiteralRanges {

  /** No part. */
  public static final LiteralRanges NONE = new LiteralRanges(new int[0]);

  /** All of any text. */
  public static final LiteralRanges ALL = new LiteralRanges(new int[] {0, Integer.MAX_VALUE});

  private final int[] bounds;

  private LiteralRanges(int[] bounds) {
    this.bounds = bounds;
  }

  /**
   * Ranges of UTF-16 units: begin, end, begin, end, …
   *
   * @param bounds strictly ascending, an even number of them
   */
  public static LiteralRanges of(int... bounds) {
    for (int i = 0; i < bounds.length; i++) {
      if (bounds[i] < 0 || (i > 0 && bounds[i] <= bounds[i - 1])) {
        throw new IllegalArgumentException("bounds do not ascend: " + Arrays.toString(bounds));
      }
    }
    if (bounds.length % 2 != 0) {
      throw new IllegalArgumentException("a range has no end: " + Arrays.toString(bounds));
    }
    return new LiteralRanges(bounds.clone());
  }

  /** Whether any unit in [from, to) is literal. */
  boolean touches(int from, int to) {
    int next = firstEndingAfter(from);
    return next < bounds.length && bounds[next] < to;
  }

  /** Whether all units in [from, to) are literal. */
  boolean covers(int from, int to) {
    int next = firstEndingAfter(from);
    return next < bounds.length && bounds[next] <= from && to <= bounds[next + 1];
  }

  /** Index of the begin of the first range that ends behind the place. */
  private int firstEndingAfter(int place) {
    int found = Arrays.binarySearch(bounds, place);
    int behind = found >= 0 ? found + 1 : -found - 1;
    return behind % 2 == 0 ? behind : behind - 1;
  }
}
