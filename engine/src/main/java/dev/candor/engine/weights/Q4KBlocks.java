package dev.candor.engine.weights;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;

/**
 * Q4_K: 256 elements in 8 groups of 32, each element {@code d·s·q − dmin·m} with a 4-bit q, 6-bit s
 * and m per group, and f16 d and dmin per block.
 *
 * <p>Layout: d, dmin, 12 bytes of packed s and m, 128 bytes of nibbles (64 elements to 32 bytes,
 * low nibbles first). A group's scale and minimum are found by trying 21 step widths around (max −
 * min)/15, and fitting a line to each rounding by weighted least squares; an element weighs more
 * the larger it is. Once s and m have been rounded to their 6 bits, their neighbours are tried too.
 * One instance per thread.
 */
final class Q4KBlocks {

  private static final int BLOCK = 256;
  private static final int GROUP = 32;
  private static final int GROUPS = 8;
  private static final int LARGEST = 15;
  private static final int TRIALS = 21;

  private final float[] weights = new float[GROUP];
  private final float[] scales = new float[GROUPS];
  private final float[] minima = new float[GROUPS];
  private final int[] scaleSteps = new int[GROUPS];
  private final int[] minimumSteps = new int[GROUPS];
  private final int[] quants = new int[BLOCK];

  void store(float[] values, int offset, int count, MemorySegment out) {
    for (int block = 0; block < count / BLOCK; block++) {
      storeBlock(values, offset + block * BLOCK, out, block * 144L);
    }
  }

  private void storeBlock(float[] values, int first, MemorySegment out, long at) {
    float largestScale = 0;
    float largestMinimum = 0;
    for (int group = 0; group < GROUPS; group++) {
      fit(values, first + group * GROUP, group);
      largestScale = Math.max(largestScale, scales[group]);
      largestMinimum = Math.max(largestMinimum, minima[group]);
    }
    short d = Quantizer.half(largestScale / 63, "scale");
    short dmin = Quantizer.half(largestMinimum / 63, "minimum");
    for (int group = 0; group < GROUPS; group++) {
      scaleSteps[group] = steps(scales[group], largestScale);
      minimumSteps[group] = steps(minima[group], largestMinimum);
    }
    round(values, first, Float.float16ToFloat(d), Float.float16ToFloat(dmin));
    out.set(Quantizer.SHORT, at, d);
    out.set(Quantizer.SHORT, at + 2, dmin);
    packSteps(out, at + 4);
    for (int j = 0; j < BLOCK / 2; j++) {
      int element = j / 32 * 64 + j % 32;
      out.set(
          ValueLayout.JAVA_BYTE, at + 16 + j, (byte) (quants[element] | quants[element + 32] << 4));
    }
  }

  /** Finds scale and minimum (both ≥ 0) of the group that begins at {@code first}. */
  private void fit(float[] values, int first, int group) {
    float low = 0;
    float high = values[first];
    for (int j = 0; j < GROUP; j++) {
      low = Math.min(low, values[first + j]);
      high = Math.max(high, values[first + j]);
    }
    if (high == low) {
      scales[group] = 0;
      minima[group] = -low;
      return;
    }
    weigh(values, first);
    float sumW = 0;
    float sumX = 0;
    for (int j = 0; j < GROUP; j++) {
      sumW += weights[j];
      sumX += weights[j] * values[first + j];
    }
    float range = high - low;
    float scale = range / LARGEST;
    float minimum = low;
    float leastError = error(values, first, LARGEST / range, low, scale, low);
    for (int trial = 0; trial < TRIALS; trial++) {
      float inverse = (LARGEST - 1 + 0.1f * trial) / range;
      float sumL = 0;
      float sumL2 = 0;
      float sumXL = 0;
      for (int j = 0; j < GROUP; j++) {
        float weighted = weights[j] * quant(values[first + j], inverse, low);
        sumL += weighted;
        sumL2 += weighted * quant(values[first + j], inverse, low);
        sumXL += weighted * values[first + j];
      }
      float determinant = sumW * sumL2 - sumL * sumL;
      if (!(determinant > 0)) {
        continue;
      }
      float trialScale = (sumW * sumXL - sumX * sumL) / determinant;
      float trialMinimum = (sumL2 * sumX - sumL * sumXL) / determinant;
      if (trialMinimum > 0) {
        trialMinimum = 0;
        trialScale = sumXL / sumL2;
      }
      float error = error(values, first, inverse, low, trialScale, trialMinimum);
      if (error < leastError) {
        leastError = error;
        scale = trialScale;
        minimum = trialMinimum;
      }
    }
    // Beyond the range of floats no trial is comparable: the first guess stands.
    scales[group] = Math.max(0, scale);
    minima[group] = -minimum;
  }

  /** An element's weight is its magnitude plus the group's root mean square. */
  private void weigh(float[] values, int first) {
    float squares = 0;
    for (int j = 0; j < GROUP; j++) {
      squares += values[first + j] * values[first + j];
    }
    float rms = (float) Math.sqrt(squares / GROUP);
    for (int j = 0; j < GROUP; j++) {
      weights[j] = rms + Math.abs(values[first + j]);
    }
  }

  /** Weighted squared error of q = round((x − low)·inverse) read as scale·q + minimum. */
  private float error(
      float[] values, int first, float inverse, float low, float scale, float minimum) {
    float error = 0;
    for (int j = 0; j < GROUP; j++) {
      float value = values[first + j];
      float difference = scale * quant(value, inverse, low) + minimum - value;
      error += weights[j] * difference * difference;
    }
    return error;
  }

  private static int quant(float value, float inverse, float low) {
    return Math.min(LARGEST, (int) ((value - low) * inverse + 0.5f));
  }

  /** part / whole in 63rds, rounded. */
  private static int steps(float part, float whole) {
    return whole > 0 ? Math.min(63, Math.round(63f / whole * part)) : 0;
  }

  /**
   * Chooses s and m of every group among the nearest 6-bit values, by what a reader will get from
   * them, and rounds the elements against that.
   */
  private void round(float[] values, int first, float d, float dmin) {
    for (int group = 0; group < GROUPS; group++) {
      int from = first + group * GROUP;
      weigh(values, from);
      int nearestScale = scaleSteps[group];
      int nearestMinimum = minimumSteps[group];
      float leastError = Float.POSITIVE_INFINITY;
      for (int s = Math.max(0, nearestScale - 1); s <= Math.min(63, nearestScale + 1); s++) {
        for (int m = Math.max(0, nearestMinimum - 1); m <= Math.min(63, nearestMinimum + 1); m++) {
          float error = storedError(values, from, d * s, dmin * m);
          if (error < leastError) {
            leastError = error;
            scaleSteps[group] = s;
            minimumSteps[group] = m;
          }
        }
      }
      float scale = d * scaleSteps[group];
      float minimum = dmin * minimumSteps[group];
      for (int j = 0; j < GROUP; j++) {
        quants[group * GROUP + j] = nearest(values[from + j], inverse(scale), minimum);
      }
    }
  }

  /** Weighted squared error of the group as read with this scale and minimum. */
  private float storedError(float[] values, int first, float scale, float minimum) {
    float inverse = inverse(scale);
    float error = 0;
    for (int j = 0; j < GROUP; j++) {
      float value = values[first + j];
      float difference = scale * nearest(value, inverse, minimum) - minimum - value;
      error += weights[j] * difference * difference;
    }
    return error;
  }

  private static float inverse(float scale) {
    return scale > 0 ? 1 / scale : 0;
  }

  private static int nearest(float value, float inverse, float minimum) {
    return Math.max(0, Math.min(LARGEST, (int) ((value + minimum) * inverse + 0.5f)));
  }

  /**
   * Groups 0 to 3 have their 6 bits in bytes g (s) and g + 4 (m); groups 4 to 7 their low 4 bits in
   * byte g + 4 and the upper 2 in the top of bytes g − 4 (s) and g (m).
   */
  private void packSteps(MemorySegment out, long at) {
    for (int group = 0; group < 4; group++) {
      int scale = scaleSteps[group] | scaleSteps[group + 4] >> 4 << 6;
      int minimum = minimumSteps[group] | minimumSteps[group + 4] >> 4 << 6;
      int lowBits = scaleSteps[group + 4] & 15 | (minimumSteps[group + 4] & 15) << 4;
      out.set(ValueLayout.JAVA_BYTE, at + group, (byte) scale);
      out.set(ValueLayout.JAVA_BYTE, at + 4 + group, (byte) minimum);
      out.set(ValueLayout.JAVA_BYTE, at + 8 + group, (byte) lowBits);
    }
  }
}
