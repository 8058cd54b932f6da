package dev.candor.cli.check;

/** How far numbers lie apart. */
final class Difference {

  private Difference() {}

  /**
   * The largest absolute difference of expected[e + i] and actual[a + i], i in [0, count). Infinite
   * if one of a pair is no number, or infinite where the other is not.
   */
  static double worst(float[] expected, int e, float[] actual, int a, int count) {
    double worst = 0;
    for (int i = 0; i < count; i++) {
      worst = Math.max(worst, of(expected[e + i], actual[a + i]));
    }
    return worst;
  }

  /** The same over whole arrays; infinite if their lengths differ. */
  static double worst(float[] expected, float[] actual) {
    return expected.length == actual.length
        ? worst(expected, 0, actual, 0, expected.length)
        : Double.POSITIVE_INFINITY;
  }

  /** The largest absolute value; 0 of none. */
  static float largestMagnitude(float[] values) {
    float largest = 0;
    for (float value : values) {
      largest = Math.max(largest, Math.abs(value));
    }
    return largest;
  }

  /** The index of the largest value; the lowest of equals. */
  static int largest(float[] values, int from, int count) {
    int best = 0;
    for (int i = 1; i < count; i++) {
      if (values[from + i] > values[from + best]) {
        best = i;
      }
    }
    return best;
  }

  private static double of(float expected, float actual) {
    if (expected == actual) {
      return 0;
    }
    double difference = Math.abs((double) expected - actual);
    return Double.isNaN(difference) ? Double.POSITIVE_INFINITY : difference;
  }
}
