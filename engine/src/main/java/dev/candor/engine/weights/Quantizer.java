package dev.candor.engine.weights;

import dev.candor.engine.WeightsException;
import dev.candor.engine.kernels.BlockFormat;
import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.nio.ByteOrder;

/**
 * Stores float32 values in a {@link BlockFormat}. Deterministic: the same values give the same
 * bytes on every machine. Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, F16 and BF16 are the bytes of ggml's
 * reference; Q4_K and Q6_K search their scales as it does, and are no further from the values.
 *
 * <p>Only finite values are stored: a NaN, an infinity, or a value beyond the format's range is
 * refused, since one of them would spoil its whole block without a trace.
 */
public final class Quantizer {

  static final ValueLayout.OfShort SHORT =
      ValueLayout.JAVA_SHORT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfInt INT =
      ValueLayout.JAVA_INT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);
  static final ValueLayout.OfFloat FLOAT =
      ValueLayout.JAVA_FLOAT_UNALIGNED.withOrder(ByteOrder.LITTLE_ENDIAN);

  private Quantizer() {}

  /** Whether {@link #quantize} writes this format. */
  public static boolean supports(BlockFormat format) {
    return switch (format) {
      case F32, F16, BF16, Q4_0, Q4_1, Q5_0, Q5_1, Q8_0, Q4_K, Q6_K -> true;
      case Q2_K, Q3_K, Q5_K, IQ4_NL, MXFP4 -> false;
    };
  }

  /**
   * Stores values[offset … offset + count) at out[outOffset …): {@code format.bytes(count)} bytes.
   *
   * @param count whole blocks of the format
   * @throws WeightsException {@code weights.not-finite} for a NaN or an infinity, {@code
   *     weights.out-of-range} for a value that the format (or the f16 scale of its blocks) cannot
   *     hold
   * @throws IllegalArgumentException if the format is not {@link #supports supported} or the count
   *     does not fill whole blocks
   */
  public static void quantize(
      BlockFormat format,
      float[] values,
      int offset,
      int count,
      MemorySegment out,
      long outOffset) {
    requireFinite(values, offset, count);
    MemorySegment target = out.asSlice(outOffset, format.bytes(count));
    switch (format) {
      case F32 -> MemorySegment.copy(values, offset, target, FLOAT, 0, count);
      case F16 -> {
        for (int i = 0; i < count; i++) {
          target.set(SHORT, 2L * i, half(values[offset + i], "element"));
        }
      }
      case BF16 -> {
        for (int i = 0; i < count; i++) {
          target.set(SHORT, 2L * i, bfloat16(values[offset + i]));
        }
      }
      case Q4_0 -> SmallBlocks.q4WithScale(values, offset, count, target);
      case Q4_1 -> SmallBlocks.q4WithMinimum(values, offset, count, target);
      case Q5_0 -> SmallBlocks.q5WithScale(values, offset, count, target);
      case Q5_1 -> SmallBlocks.q5WithMinimum(values, offset, count, target);
      case Q8_0 -> SmallBlocks.q8(values, offset, count, target);
      case Q4_K -> new Q4KBlocks().store(values, offset, count, target);
      case Q6_K -> new Q6KBlocks().store(values, offset, count, target);
      case Q2_K, Q3_K, Q5_K, IQ4_NL, MXFP4 ->
          throw new IllegalArgumentException(format + " can be read, not written");
    }
  }

  /** The nearest f16, ties to even; what would overflow is refused. */
  static short half(float value, String what) {
    short half = Float.floatToFloat16(value);
    if ((half & 0x7fff) == 0x7c00) {
      throw outOfRange(what, value, "F16", 65504);
    }
    return half;
  }

  private static short bfloat16(float value) {
    int bits = Float.floatToRawIntBits(value);
    int rounded = (bits + 0x7fff + ((bits >>> 16) & 1)) >>> 16;
    if ((rounded & 0x7fff) == 0x7f80) {
      throw outOfRange("element", value, "BF16", 0x1.fep127f);
    }
    return (short) rounded;
  }

  private static void requireFinite(float[] values, int offset, int count) {
    // The product with zero is NaN for exactly the values that are not finite.
    float witness = 0;
    for (int i = 0; i < count; i++) {
      witness += values[offset + i] * 0f;
    }
    if (witness == 0) {
      return;
    }
    for (int i = 0; i < count; i++) {
      if (!Float.isFinite(values[offset + i])) {
        throw new WeightsException(
            "not-finite",
            "element " + i + " of the row is " + values[offset + i] + ", not a finite number",
            "The weights are damaged or were trained into overflow; use another copy.");
      }
    }
  }

  private static WeightsException outOfRange(
      String what, float value, String format, float largest) {
    return new WeightsException(
        "out-of-range",
        what + " " + value + " is beyond the largest " + format + " number, " + largest,
        "Convert with BF16 or F32 as the target format.");
  }
}
