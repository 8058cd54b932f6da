package dev.candor.engine.kernels;

import java.lang.foreign.Arena;
import java.lang.foreign.MemorySegment;
import java.util.Arrays;

/**
 * Products with quantised matrices by the Vector API, a strip of 16 rows at a time; see {@link
 * Kernels#multiply}. One per thread.
 *
 * <p>Of some records at a time the products with each token are found in integers, then scales are
 * decoded, and both are added to the sums. Weights are read where they lie and once, in the order
 * of their addresses: no instruction asks for them ahead, so the processor must guess.
 */
final class VectorStrips {

  /** Tokens that are multiplied together. */
  private static final int TOKENS = 4;

  private final PairedInputs inputs = new PairedInputs();
  private final StripScratch scratch = new StripScratch();
  private final StripScales scales = new StripScales();
  private final StripRun run = new StripRun();
  private final MemorySegment quants =
      Arena.ofAuto().allocate(StripRun.RECORDS * StripQuants.RECORD, 64);
  private final int[] dots = new int[FourTokenDots.LENGTH];
  private float[] sums = new float[0];

  /** y[t, r] for rows in [fromRow, toRow). */
  void multiply(Matrix w, int fromRow, int toRow, Inputs in, float[] y, int yOffset, int yStride) {
    StripFormat format = StripFormat.of(w.format());
    int tokens = in.tokens();
    // For more tokens it pays to take records apart once.
    boolean asTheyLie =
        format.lowBits == 8 || tokens == 1 && (format.areNibbles() || format.highBits > 0);
    inputs.take(in, format, tokens == 1 && format.areNibbles());
    if (sums.length < 16 * tokens) {
      sums = new float[16 * tokens];
    }
    for (int row = fromRow; row < toRow; row += StripFormat.ROWS) {
      Arrays.fill(sums, 0, 16 * tokens, 0);
      if (w.layout() == Layout.STRIPS) {
        long at = row / StripFormat.ROWS * w.stripBytes();
        multiplyStrip(format, asTheyLie, w.data(), at, in.blocks(), tokens);
      } else {
        multiplyStrip(format, asTheyLie, scratch.strip(w, row), 0, in.blocks(), tokens);
      }
      int rows = Math.min(StripFormat.ROWS, toRow - row);
      for (int t = 0; t < tokens; t++) {
        System.arraycopy(sums, 16 * t, y, yOffset + t * yStride + row, rows);
      }
    }
  }

  private void multiplyStrip(
      StripFormat format,
      boolean asTheyLie,
      MemorySegment strip,
      long at,
      int records,
      int tokens) {
    int header = format.headerBytes();
    int step = format.recordBytes();
    for (int first = 0; first < records; first += StripRun.RECORDS) {
      int count = Math.min(StripRun.RECORDS, records - first);
      if (asTheyLie) {
        run.set(strip, at + header + format.lowAt(), step, first, count);
      } else {
        StripQuants.split(format, strip, at + header, count, quants);
        run.set(quants, 0, StripQuants.RECORD, first, count);
      }
      multiplyRun(format, asTheyLie, strip, at, tokens);
      at += header + (long) count * step;
    }
  }

  private void multiplyRun(
      StripFormat format, boolean asTheyLie, MemorySegment strip, long at, int tokens) {
    int whole = format.areSmall() ? tokens / TOKENS * TOKENS : 0;
    for (int t = 0; t < tokens; ) {
      int some = t < whole ? TOKENS : 1;
      if (some == TOKENS) {
        FourTokenDots.small(run, format.group == 32, inputs, t, dots);
      } else if (!asTheyLie || format.lowBits == 8) {
        multiplyBytes(format, t);
      } else {
        switch (format.highBits) {
          case 0 -> TokenDots.nibbles(run, inputs, t, dots);
          case 1 -> HighBitDots.five(run, inputs, t, dots);
          default -> HighBitDots.six(run, inputs, t, dots);
        }
      }
      if (t == 0) {
        // Not before: memory is read fastest in the order of its addresses.
        scales.decode(format, strip, at, run.count);
      }
      for (int i = 0; i < some; i++) {
        scales.add(run, dots, FourTokenDots.STRIDE * i, inputs, t + i, sums);
      }
      t += some;
    }
  }

  private void multiplyBytes(StripFormat format, int t) {
    if (format.group == 32) {
      TokenDots.bytes(run, inputs, t, dots);
    } else {
      TokenDots.halves(run, inputs, t, dots);
    }
  }
}
