package dev.candor.engine.weights;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Q6_K: 256 elements in 16 groups of 16, each element {@code d·s·(q − 32)} with a 6-bit q, a signed
 * byte s per group and an f16 d per block.
 *
 * <p>Layout: 128 bytes of low nibbles, 64 bytes of upper bit pairs, 16 scales, d; within each half
 * of 128 elements, element j shares nibble bytes with j + 64 and its bit-pair byte with j + 32, j +
 * 64 and j + 96. A group's scale is found by trying 19 step widths and fitting each by least
 * squares weighted with x². One instance per thread.
 */
final class Q6KBlocks {

  private static final int BLOCK = 256;
  private static final int GROUP = 16;
  private static final int GROUPS = 16;

  /** Below this a group counts as zero; its scale would vanish in f16. */
  private static final float NEGLIGIBLE = 1e-15f;

  private final float[] scales = new float[GROUPS];
  private final int[] steps = new int[GROUPS];
  private final int[] quants = new int[BLOCK];

  void store(float[] values, int offset, int count, MemorySegment out) {
    for (int block = 0; block < count / BLOCK; block++) {
      storeBlock(values, offset + block * BLOCK, out, block * 210L);
    }
  }

  private void storeBlock(float[] values, int first, MemorySegment out, long at) {
    float largest = 0;
    for (int group = 0; group < GROUPS; group++) {
      scales[group] = fit(values, first + group * GROUP);
      if (Math.abs(scales[group]) > Math.abs(largest)) {
        largest = scales[group];
      }
    }
    if (Math.abs(largest) < NEGLIGIBLE) {
      out.asSlice(at, 210).fill((byte) 0);
      return;
    }
    float inverse = -128f / largest;
    short d = Quantizer.half(1 / inverse, "scale");
    for (int group = 0; group < GROUPS; group++) {
      steps[group] = Math.min(127, Math.round(inverse * scales[group]));
      float scale = Float.float16ToFloat(d) * steps[group];
      for (int j = group * GROUP; j < (group + 1) * GROUP; j++) {
        int quant = scale == 0 ? 0 : Math.round(values[first + j] / scale);
        quants[j] = 32 + Math.max(-32, Math.min(31, quant));
      }
    }
    pack(out, at);
    for (int group = 0; group < GROUPS; group++) {
      out.set(ValueLayout.JAVA_BYTE, at + 192 + group, (byte) steps[group]);
    }
    out.set(Quantizer.SHORT, at + 208, d);
  }

  /** The scale of 16 values, with the sign that puts the largest of them at −32. */
  private static float fit(float[] values, int first) {
    float extreme = 0;
    for (int j = 0; j < GROUP; j++) {
      if (Math.abs(values[first + j]) > Math.abs(extreme)) {
        extreme = values[first + j];
      }
    }
    if (Math.abs(extreme) < NEGLIGIBLE) {
      return 0;
    }
    float scale = 0;
    float best = 0;
    for (int trial = 0; trial <= 18; trial++) {
      // The middle one first: of equally good widths, the plain one is kept.
      float widening = trial == 0 ? 0 : trial <= 9 ? -0.1f * trial : 0.1f * (trial - 9);
      float inverse = -(32 + widening) / extreme;
      float sumXL = 0;
      float sumL2 = 0;
      for (int j = 0; j < GROUP; j++) {
        // Relative to the largest: squares of large or tiny weights stay within the floats.
        float x = values[first + j] / extreme;
        float quant = Math.max(-32, Math.min(31, Math.round(inverse * values[first + j])));
        float weighted = x * x * quant;
        sumXL += weighted * x;
        sumL2 += weighted * quant;
      }
      if (sumL2 > 0 && sumXL * sumXL > best * sumL2) {
        scale = sumXL / sumL2;
        best = scale * sumXL;
      }
    }
    return scale * extreme;
  }

  private void pack(MemorySegment out, long at) {
    for (int half = 0; half < 2; half++) {
      for (int j = 0; j < 32; j++) {
        int element = half * 128 + j;
        int a = quants[element];
        int b = quants[element + 32];
        int c = quants[element + 64];
        int d = quants[element + 96];
        out.set(ValueLayout.JAVA_BYTE, at + half * 64L + j, (byte) (a & 15 | (c & 15) << 4));
        out.set(ValueLayout.JAVA_BYTE, at + half * 64L + 32 + j, (byte) (b & 15 | (d & 15) << 4));
        int upper = a >> 4 | b >> 4 << 2 | c >> 4 << 4 | d >> 4 << 6;
        out.set(ValueLayout.JAVA_BYTE, at + 128 + half * 32L + j, (byte) upper);
      }
    }
  }
}
