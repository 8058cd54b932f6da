package dev.candor.engine.weights;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * The formats with blocks of 32 elements, to the byte as ggml's reference stores them: layouts in
 * {@link dev.candor.engine.kernels.BlockFormat}.
 *
 * <p>Where the reference computes {@code x·(1/d) + offset}, the product and the sum are in double:
 * the product is then exact, which is what its published vectors hold.
 */
final class SmallBlocks {

  private static final int SIZE = 32;

  private SmallBlocks() {}

  static void q4WithScale(float[] values, int offset, int count, MemorySegment out) {
    for (int block = 0; block < count / SIZE; block++) {
      int first = offset + block * SIZE;
      long at = block * 18L;
      float d = extreme(values, first) / -8;
      double inverse = inverse(d);
      out.set(Quantizer.SHORT, at, Quantizer.half(d, "scale"));
      for (int j = 0; j < 16; j++) {
        int low = clamp((int) (values[first + j] * inverse + 8.5), 15);
        int high = clamp((int) (values[first + j + 16] * inverse + 8.5), 15);
        out.set(ValueLayout.JAVA_BYTE, at + 2 + j, (byte) (low | high << 4));
      }
    }
  }

  static void q4WithMinimum(float[] values, int offset, int count, MemorySegment out) {
    for (int block = 0; block < count / SIZE; block++) {
      int first = offset + block * SIZE;
      long at = block * 20L;
      float minimum = minimum(values, first);
      float d = (maximum(values, first) - minimum) / 15;
      float inverse = inverse(d);
      out.set(Quantizer.SHORT, at, Quantizer.half(d, "scale"));
      out.set(Quantizer.SHORT, at + 2, Quantizer.half(minimum, "minimum"));
      for (int j = 0; j < 16; j++) {
        int low = clamp((int) ((values[first + j] - minimum) * inverse + 0.5f), 15);
        int high = clamp((int) ((values[first + j + 16] - minimum) * inverse + 0.5f), 15);
        out.set(ValueLayout.JAVA_BYTE, at + 4 + j, (byte) (low | high << 4));
      }
    }
  }

  static void q5WithScale(float[] values, int offset, int count, MemorySegment out) {
    for (int block = 0; block < count / SIZE; block++) {
      int first = offset + block * SIZE;
      long at = block * 22L;
      float d = extreme(values, first) / -16;
      double inverse = inverse(d);
      out.set(Quantizer.SHORT, at, Quantizer.half(d, "scale"));
      int fifthBits = 0;
      for (int j = 0; j < 16; j++) {
        int low = clamp((int) (values[first + j] * inverse + 16.5), 31);
        int high = clamp((int) (values[first + j + 16] * inverse + 16.5), 31);
        fifthBits |= low >> 4 << j | high >> 4 << (j + 16);
        out.set(ValueLayout.JAVA_BYTE, at + 6 + j, (byte) (low & 15 | (high & 15) << 4));
      }
      out.set(Quantizer.INT, at + 2, fifthBits);
    }
  }

  static void q5WithMinimum(float[] values, int offset, int count, MemorySegment out) {
    for (int block = 0; block < count / SIZE; block++) {
      int first = offset + block * SIZE;
      long at = block * 24L;
      float minimum = minimum(values, first);
      float d = (maximum(values, first) - minimum) / 31;
      float inverse = inverse(d);
      out.set(Quantizer.SHORT, at, Quantizer.half(d, "scale"));
      out.set(Quantizer.SHORT, at + 2, Quantizer.half(minimum, "minimum"));
      int fifthBits = 0;
      for (int j = 0; j < 16; j++) {
        int low = clamp((int) ((values[first + j] - minimum) * inverse + 0.5f), 31);
        int high = clamp((int) ((values[first + j + 16] - minimum) * inverse + 0.5f), 31);
        fifthBits |= low >> 4 << j | high >> 4 << (j + 16);
        out.set(ValueLayout.JAVA_BYTE, at + 8 + j, (byte) (low & 15 | (high & 15) << 4));
      }
      out.set(Quantizer.INT, at + 4, fifthBits);
    }
  }

  static void q8(float[] values, int offset, int count, MemorySegment out) {
    for (int block = 0; block < count / SIZE; block++) {
      int first = offset + block * SIZE;
      long at = block * 34L;
      float d = Math.abs(extreme(values, first)) / 127;
      float inverse = inverse(d);
      out.set(Quantizer.SHORT, at, Quantizer.half(d, "scale"));
      for (int j = 0; j < SIZE; j++) {
        float scaled = values[first + j] * inverse;
        // Halves away from zero; the sum with 0.5 would be inexact just below a half.
        float whole = (int) Math.abs(scaled);
        int magnitude = (int) (whole + (int) (2 * (Math.abs(scaled) - whole)));
        out.set(ValueLayout.JAVA_BYTE, at + 2 + j, (byte) (scaled < 0 ? -magnitude : magnitude));
      }
    }
  }

  /** The value of largest magnitude with its sign; of several, the first. */
  private static float extreme(float[] values, int first) {
    float extreme = 0;
    float magnitude = 0;
    for (int j = 0; j < SIZE; j++) {
      float value = values[first + j];
      if (magnitude < Math.abs(value)) {
        magnitude = Math.abs(value);
        extreme = value;
      }
    }
    return extreme;
  }

  private static float minimum(float[] values, int first) {
    float minimum = values[first];
    for (int j = 1; j < SIZE; j++) {
      minimum = Math.min(minimum, values[first + j]);
    }
    return minimum;
  }

  private static float maximum(float[] values, int first) {
    float maximum = values[first];
    for (int j = 1; j < SIZE; j++) {
      maximum = Math.max(maximum, values[first + j]);
    }
    return maximum;
  }

  /**
   * 1 / d, or 0 where that is not finite: such a scale is far below the smallest f16, so the block
   * is zeros (plus its minimum) anyway.
   */
  private static float inverse(float d) {
    float inverse = 1 / d;
    return Float.isFinite(inverse) ? inverse : 0;
  }

  private static int clamp(int quant, int largest) {
    return Math.max(0, Math.min(largest, quant));
  }
}
