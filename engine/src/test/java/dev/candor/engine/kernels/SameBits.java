package dev.candor.engine.kernels;

import static org.assertj.core.api.Assertions.fail;

/** Equality to the bit: 0 is not −0; NaN equals NaN whatever its payload, which no path defines. */
final class SameBits {

  private SameBits() {}

  static void assertSame(String what, float[] actual, int at, float[] expected, int from, int n) {
    for (int i = 0; i < n; i++) {
      if (Float.floatToIntBits(actual[at + i]) != Float.floatToIntBits(expected[from + i])) {
        fail("%s: element %d is %s, not %s", what, i, actual[at + i], expected[from + i]);
      }
    }
  }

  static void assertSame(String what, float[] actual, float[] expected) {
    if (actual.length != expected.length) {
      fail("%s: %d elements, not %d", what, actual.length, expected.length);
    }
    assertSame(what, actual, 0, expected, 0, expected.length);
  }
}
