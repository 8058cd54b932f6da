package dev.candor.cli.check;

/**
 * How far values are from those expected.
 *
 * @param largest largest absolute difference; NaN if a value is not a number
 * @param at where that is, row-major
 * @param magnitude largest absolute expected value
 */
record Difference(float largest, int at, float magnitude) {

  /** Of count values from an offset on; infinite if there are too few values to compare. */
  static Difference of(float[] actual, int actualOffset, float[] expected, int offset, int count) {
    if (offset + count > expected.length || actualOffset + count > actual.length) {
      return new Difference(Float.POSITIVE_INFINITY, 0, 0);
    }
    float largest = 0;
    float magnitude = 0;
    int at = 0;
    for (int i = 0; i < count; i++) {
      float difference = Math.abs(actual[actualOffset + i] - expected[offset + i]);
      magnitude = Math.max(magnitude, Math.abs(expected[offset + i]));
      if (!(difference <= largest)) {
        largest = difference;
        at = i;
      }
      if (Float.isNaN(difference)) {
        break;
      }
    }
    return new Difference(largest, at, magnitude);
  }

  /** Of whole arrays; infinite if their lengths differ. */
  static Difference of(float[] actual, float[] expected) {
    return actual.length == expected.length
        ? of(actual, 0, expected, 0, expected.length)
        : new Difference(Float.POSITIVE_INFINITY, 0, 0);
  }

  boolean within(float tolerance) {
    return largest <= tolerance;
  }
}
