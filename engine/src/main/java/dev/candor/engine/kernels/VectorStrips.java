package dev.candor.engine.kernels;

import java.lang.foreign.MemorySegment;
import java.lang.foreign.ValueLayout;
import java.util.Arrays;

/**
 * Products with quantised matrices by the Vector API, a strip of 16 rows at a time; see {@link
 * Kernels#multiply}. One per thread.
 *
 * <p>Some records at a time are copied to the heap, where the compiler can do without most bounds
 * checks. Their scales are decoded, their products with each token found in integers, and both are
 * added to the sums.
 */
final class VectorStrips {

  /** Records at a time: a block of K-quants, or so many of the other formats'. */
  static final int CHUNK = 8;

  /** Tokens that are multiplied together. */
  private static final int TOKENS = 4;

  /** The longest: K-quants of 6 bits with their header, or 8 bits, come to less. */
  private static final int CHUNK_BYTES = 4608;

  private final PairedInputs inputs = new PairedInputs();
  private final StripScratch scratch = new StripScratch();
  private final StripScales scales = new StripScales();
  private final byte[] records = new byte[CHUNK_BYTES];
  private final short[] quants = new short[CHUNK * StripDots.SHORTS];
  private final int[] dots = new int[TOKENS * CHUNK * StripDots.RECORD];
  private float[] sums = new float[0];

  /** y[t, r] for rows in [fromRow, toRow). */
  void multiply(Matrix w, int fromRow, int toRow, Inputs in, float[] y, int yOffset, int yStride) {
    StripFormat format = StripFormat.of(w.format());
    int tokens = in.tokens();
    inputs.take(in, format);
    if (sums.length < 16 * tokens) {
      sums = new float[16 * tokens];
    }
    for (int row = fromRow; row < toRow; row += StripFormat.ROWS) {
      Arrays.fill(sums, 0, 16 * tokens, 0);
      if (w.layout() == Layout.STRIPS) {
        long at = row / StripFormat.ROWS * w.stripBytes();
        multiplyStrip(format, w.data(), at, in.blocks(), tokens);
      } else {
        multiplyStrip(format, scratch.strip(w, row), 0, in.blocks(), tokens);
      }
      int rows = Math.min(StripFormat.ROWS, toRow - row);
      for (int t = 0; t < tokens; t++) {
        System.arraycopy(sums, 16 * t, y, yOffset + t * yStride + row, rows);
      }
    }
  }

  private void multiplyStrip(
      StripFormat format, MemorySegment strip, long at, int count, int tokens) {
    int header = format.headerBytes();
    for (int first = 0; first < count; first += CHUNK) {
      int some = Math.min(CHUNK, count - first);
      int bytes = header + some * format.recordBytes();
      MemorySegment.copy(strip, ValueLayout.JAVA_BYTE, at, records, 0, bytes);
      at += bytes;
      scales.decode(format, records, some);
      if (tokens == 1 && format.lowBits + format.highBits == 4 && !format.isTable()) {
        StripDots.nibbles(
            records,
            header + format.lowAt(),
            format.recordBytes(),
            some,
            inputs.pairs(),
            PairedInputs.BLOCK * first,
            inputs.corrections(),
            2 * first,
            dots);
        addDots(format, first, some, 0, 0);
      } else {
        StripQuants.split(format, records, header, some, quants);
        multiplyTokens(format, first, some, tokens);
      }
    }
  }

  private void multiplyTokens(StripFormat format, int first, int some, int tokens) {
    boolean small = StripQuants.areSmall(format);
    int stride = StripDots.RECORD * CHUNK;
    int whole = small ? tokens / TOKENS * TOKENS : 0;
    for (int t = 0; t < whole; t += TOKENS) {
      int pairs = inputs.pairsOf(t) + PairedInputs.BLOCK * first;
      StripDots.small4(quants, some, inputs.pairs(), pairs, inputs.stride(), dots, stride);
      for (int i = 0; i < TOKENS; i++) {
        addDots(format, first, some, t + i, i * stride);
      }
    }
    for (int t = whole; t < tokens; t++) {
      int pairs = inputs.pairsOf(t) + PairedInputs.BLOCK * first;
      if (small) {
        StripDots.small(quants, some, inputs.pairs(), pairs, dots);
      } else {
        StripDots.large(quants, some, inputs.pairs(), pairs, dots);
      }
      addDots(format, first, some, t, 0);
    }
  }

  private void addDots(StripFormat format, int first, int some, int t, int dotsAt) {
    int groups = inputs.groupsOf(t) + first * (StripFormat.COLUMNS / format.group);
    scales.add(format, some, dots, dotsAt, inputs, groups, sums, 16 * t);
  }
}
